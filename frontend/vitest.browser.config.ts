import { defineConfig } from "vitest/config";

/** Tests with a real browser and a real service: one after the other, as the machine has few cores. */
export default defineConfig({
  test: {
    include: ["browser/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    bail: 1,
  },
});
