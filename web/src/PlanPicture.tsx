import type { CSSProperties } from 'react';
import type { FetchNode, Picture } from './picture';
import { milliseconds } from './words';

// In pixels; three nodes fit beside one another into the panel as it opens.
const NODE = { width: 86, height: 40 };
const GAP = { x: 10, y: 24 };
const MARGIN = 2;

/** The plan as a graph: each fetch below what it waits for. Choosing a node shows its fetch. */
export function PlanPicture({
  picture,
  chosen,
  onChoose,
}: {
  picture: Picture;
  chosen: number | null;
  onChoose: (id: number) => void;
}) {
  const { nodes, rows, columns, criticalPath } = picture;
  const traced = criticalPath.length > 0;
  const width = columns * (NODE.width + GAP.x) - GAP.x + 2 * MARGIN;
  const height = rows * (NODE.height + GAP.y) - GAP.y + 2 * MARGIN;
  return (
    <>
      <div className="picture">
        <div style={{ position: 'relative', width, height }}>
          <svg width={width} height={height} aria-hidden="true">
            {nodes.flatMap((to) =>
              to.before.map((from) => (
                <path
                  key={`${from.id}-${to.id}`}
                  d={line(from, to)}
                  data-critical={(to.critical && criticalPath[criticalPath.indexOf(to) - 1] === from) || undefined}
                />
              )),
            )}
          </svg>
          <ol aria-label="Plan as a graph">
            {nodes.map((node) => {
              const { x, y } = corner(node);
              const style: CSSProperties = { left: x, top: y, width: NODE.width, height: NODE.height };
              return (
                <li key={node.id} style={style}>
                  <button
                    type="button"
                    aria-label={spoken(node, traced)}
                    aria-pressed={chosen === node.id}
                    title={node.planned.subgraph}
                    data-critical={node.critical || undefined}
                    data-failed={node.failed || undefined}
                    data-idle={(traced && !node.ran) || undefined}
                    onClick={() => onChoose(node.id)}
                  >
                    <strong>
                      <small>#{node.id}</small> {node.planned.subgraph}
                    </strong>
                    <span>{outcome(node, traced)}</span>
                  </button>
                </li>
              );
            })}
          </ol>
        </div>
      </div>
      {traced && (
        <p className="critical-path">
          <i aria-hidden="true" /> Critical path: {criticalPath.map(({ id, planned }) => `#${id} ${planned.subgraph}`).join(' → ')}
        </p>
      )}
    </>
  );
}

function corner({ row, column }: FetchNode): { x: number; y: number } {
  return { x: MARGIN + column * (NODE.width + GAP.x), y: MARGIN + row * (NODE.height + GAP.y) };
}

/** From the lower edge of one node to the upper edge of another. */
function line(from: FetchNode, to: FetchNode): string {
  const [start, end] = [corner(from), corner(to)];
  const [x1, y1] = [start.x + NODE.width / 2, start.y + NODE.height];
  const [x2, y2] = [end.x + NODE.width / 2, end.y];
  const bend = Math.min(GAP.y, (y2 - y1) / 2);
  return `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
}

function outcome({ ran, failed }: FetchNode, traced: boolean): string {
  if (!ran) {
    return traced ? 'not sent' : '';
  }
  const took = milliseconds(ran.endUs - ran.startUs);
  return failed ? `✕ ${took}` : took;
}

function spoken(node: FetchNode, traced: boolean): string {
  const { id, planned, ran, critical } = node;
  const parts = [`Fetch ${id} from ${planned.subgraph}`];
  if (planned.after.length > 0) {
    parts.push(`after ${planned.after.map((one) => `fetch ${one}`).join(' and ')}`);
  }
  if (ran) {
    parts.push(milliseconds(ran.endUs - ran.startUs));
  } else if (traced) {
    parts.push('not sent');
  }
  if (node.failed) {
    parts.push('failed');
  }
  if (critical) {
    parts.push('on the critical path');
  }
  return parts.join(', ');
}
