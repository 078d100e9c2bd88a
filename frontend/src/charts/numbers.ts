/** Numbers as charts write them. */

const LEAST = 1e-12; // what smoothing leaves of nothing
const MOST_DECIMALS = 9;

/** Four digits that tell something: "0.0123", "1.2e-5", "12,345". */
export function short(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size < LEAST) return "0";
  if (size < 1e-3 || size >= 1e6) return value.toExponential(2).replace(/\.?0*e\+?/, "e");
  if (size >= 1000) return Math.round(value).toLocaleString("en-GB");
  return String(Number(value.toPrecision(4)));
}

/** The numbers at an axis, as exact as the distance between them asks; powers of ten for what is tiny or huge. */
export function ticks(values: (number | null)[], step: number): string[] {
  const decimals = decimalsOf(step);
  const most = Math.max(...values.map((value) => Math.abs(value ?? 0)));
  const isPlain = most < 1e6 && (decimals <= 4 || (decimals <= MOST_DECIMALS && most >= 0.01));
  return values.map((value) => {
    if (value === null) return "";
    if (isPlain) return value.toFixed(decimals);
    if (value === 0) return "0";
    const digits = Math.max(0, Math.floor(Math.log10(Math.abs(value))) + decimals);
    return value.toExponential(Math.min(digits, MOST_DECIMALS)).replace(/(\.\d*?)0*e\+?/, "$1e").replace(".e", "e");
  });
}

/** Decimals that a step has: 3 of 0.025, none of 50. */
function decimalsOf(step: number): number {
  if (!(step > 0)) return 3;
  let decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  while (decimals < 12 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6) decimals++;
  return decimals;
}
