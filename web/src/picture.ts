import type { FetchTrace, PlannedFetch } from './explain';

/** A fetch of the plan: where it stands in the picture, and what became of it. */
export interface FetchNode {
  /** Its place in the plan. */
  id: number;
  planned: PlannedFetch;
  /** What it waits for. */
  before: FetchNode[];
  /** From the first start to the last end of its requests; null when none was sent. */
  ran: { startUs: number; endUs: number } | null;
  failed: boolean;
  /** Whether the whole answer waited for it. */
  critical: boolean;
  /** From the top. */
  row: number;
  /** From the left; may be a half one. */
  column: number;
}

/** The plan as a directed acyclic graph, ready to be drawn. */
export interface Picture {
  nodes: FetchNode[];
  rows: number;
  columns: number;
  /** In the order of time; empty when nothing is known of how the plan went. */
  criticalPath: FetchNode[];
}

/** Lays out a plan; `fetches` tell how it went, and may be missing. */
export function pictureOf(planned: PlannedFetch[], fetches: FetchTrace[]): Picture {
  const nodes: FetchNode[] = [];
  planned.forEach((fetch, id) => nodes.push(nodeOf(id, fetch, nodes, fetches)));
  const criticalPath = longestWait(nodes);
  for (const node of criticalPath) {
    node.critical = true;
  }
  return { nodes, ...place(nodes), criticalPath };
}

/** Whether a request failed: a status of HTTP, or a word other than "ok". */
export function failed(status: FetchTrace['status']): boolean {
  return typeof status === 'number' ? status >= 400 : status != null && status.toLowerCase() !== 'ok';
}

function nodeOf(id: number, planned: PlannedFetch, earlier: FetchNode[], fetches: FetchTrace[]): FetchNode {
  // A fetch may have run several times, once for each part of an answer.
  const runs = fetches.filter((fetch) => Number(fetch.id) === id);
  const ran =
    runs.length === 0
      ? null
      : {
          startUs: Math.min(...runs.map((run) => run.startUs)),
          endUs: Math.max(...runs.map((run) => run.startUs + run.durationUs)),
        };
  // Plans are in topological order. Looking only backwards, one that isn't can't hold the page in a circle.
  const before = earlier.filter((node) => planned.after.includes(node.id));
  return {
    id,
    planned,
    before,
    ran,
    failed: runs.some((run) => failed(run.status)),
    critical: false,
    row: Math.max(-1, ...before.map((node) => node.row)) + 1,
    column: 0,
  };
}

/** The chain of fetches that the answer waited for: from the one that ended last back to what it waited for longest. */
function longestWait(nodes: FetchNode[]): FetchNode[] {
  const path: FetchNode[] = [];
  let next = lastToEnd(nodes.filter((node) => node.ran));
  while (next) {
    path.unshift(next);
    next = lastToEnd(sentBefore(next));
  }
  return path;
}

/** What a fetch waited for. One that was not sent took no time; what stands before that one did. */
function sentBefore(node: FetchNode): FetchNode[] {
  const found = new Set<FetchNode>();
  const waiting = [...node.before];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (!found.has(next)) {
      found.add(next);
      waiting.push(...(next.ran ? [] : next.before));
    }
  }
  return [...found].filter(({ ran }) => ran);
}

function lastToEnd(nodes: FetchNode[]): FetchNode | undefined {
  const end = (node: FetchNode) => node.ran?.endUs ?? 0;
  return nodes.reduce<FetchNode | undefined>((best, node) => (!best || end(node) > end(best) ? node : best), undefined);
}

/** Spreads each row over the width; within a row, nodes stand near what they wait for. */
function place(nodes: FetchNode[]): { rows: number; columns: number } {
  const rows = Math.max(0, ...nodes.map(({ row }) => row + 1));
  const members = Array.from({ length: rows }, (_, row) => nodes.filter((node) => node.row === row));
  const columns = Math.max(1, ...members.map((row) => row.length));
  for (const row of members) {
    const near = ({ before }: FetchNode) =>
      before.reduce((sum, { column }) => sum + column, 0) / Math.max(1, before.length);
    [...row]
      .sort((a, b) => near(a) - near(b) || a.id - b.id)
      .forEach((node, index) => {
        node.column = index + (columns - row.length) / 2;
      });
  }
  return { rows, columns };
}
