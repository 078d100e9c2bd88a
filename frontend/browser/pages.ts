/** Every page of the service, by its address in a service that is filled. */
import type { Filled } from "./filled.ts";

/** Name and address of each. */
export function pages(filled: Filled): [string, string][] {
  const { passed, running, motion } = filled;
  return [
    ["home", "/"],
    ["sessions", "/sessions"],
    ["configure", "/training/configure"],
    ["clone", `/training/configure?clone=${passed}`],
    ["monitor", `/training/monitor/${running}`],
    ["monitor-ended", `/training/monitor/${passed}`],
    ["side-by-side", `/training/monitor/${running}?with=${passed}`],
    ["results", `/training/results/${passed}`],
    ["compare", `/training/compare?ids=${passed},${running}`],
    ["motions", "/motions"],
    ["motion", `/motions/${motion}`],
    ["bundled-motion", "/motions/duckling/walk"],
    ["robots", "/robots"],
    ["robot", "/robots/duckling"],
    ["account", "/account"],
    ["alerts", "/alerts"],
    ["administration", "/administration"],
    ["users", "/administration/users"],
    ["audit", "/administration/audit"],
    ["service", "/administration/service"],
    ["password", "/change"],
    ["missing", "/training/monitor/999999"],
  ];
}

/** Pages of somebody who is not logged in. */
export const OUTSIDE: [string, string][] = [["login", "/login"]];
