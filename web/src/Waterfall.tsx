import { useEffect, useRef } from 'react';
import type { FetchTrace } from './explain';
import { failed, type FetchNode, type Picture } from './picture';
import { bytes, count, milliseconds } from './words';

/** The fetches as bars over time, with sizes and outcomes. The chosen one shows what was sent. */
export function Waterfall({
  fetches,
  picture,
  chosen,
}: {
  fetches: FetchTrace[];
  picture: Picture;
  chosen: number | null;
}) {
  // At least 1 µs, for a share of the whole is taken below.
  const endUs = Math.max(1, ...fetches.map((fetch) => fetch.startUs + fetch.durationUs));
  const sql = fetches.reduce((sum, fetch) => sum + (fetch.sqlStatements ?? 0), 0);
  return (
    <>
      <h3>
        Fetches
        <small>
          {fetches.length} in {milliseconds(endUs)}, {count(sql, 'SQL statement')}
        </small>
      </h3>
      <div className="waterfall-axis" aria-hidden="true">
        <span>0</span>
        <span>{milliseconds(endUs / 2)}</span>
        <span>{milliseconds(endUs)}</span>
      </div>
      <ol className="waterfall" aria-label="Fetches">
        {fetches.map((fetch, index) => (
          // One fetch node may run several times: its id alone is no key.
          <Row
            key={`${index}-${fetch.id}`}
            fetch={fetch}
            node={picture.nodes[Number(fetch.id)]}
            endUs={endUs}
            chosen={chosen === Number(fetch.id)}
          />
        ))}
      </ol>
    </>
  );
}

function Row({
  fetch,
  node,
  endUs,
  chosen,
}: {
  fetch: FetchTrace;
  node: FetchNode | undefined;
  endUs: number;
  chosen: boolean;
}) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (chosen) {
      row.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [chosen]);
  return (
    <li
      ref={row}
      aria-current={chosen || undefined}
      data-failed={failed(fetch.status) || undefined}
      data-critical={node?.critical || undefined}
    >
      <div className="waterfall-head">
        <strong>
          <small>#{fetch.id}</small> <span>{fetch.subgraph}</span>
        </strong>
        {node?.critical && <em>critical</em>}
        <span>{milliseconds(fetch.durationUs)}</span>
      </div>
      <div className="waterfall-lane" aria-hidden="true">
        <div
          style={{
            left: `${(100 * fetch.startUs) / endUs}%`,
            width: `${(100 * fetch.durationUs) / endUs}%`,
          }}
        />
      </div>
      <p>
        {details(fetch).map((detail) => (
          <span key={detail}>{detail}</span>
        ))}
      </p>
      {chosen && node && (
        <>
          {node.planned.into && <p>Into {node.planned.into}</p>}
          <pre tabIndex={0} aria-label={`Operation of fetch ${fetch.id}`}>
            {node.planned.operation}
          </pre>
        </>
      )}
    </li>
  );
}

function details(fetch: FetchTrace): string[] {
  const parts = [`from ${milliseconds(fetch.startUs)}`];
  if (fetch.entities) {
    parts.push(count(fetch.entities, 'entity', 'entities'));
  }
  if (fetch.requestBytes != null && fetch.responseBytes != null) {
    parts.push(`${bytes(fetch.requestBytes)} out`, `${bytes(fetch.responseBytes)} in`);
  }
  if (fetch.sqlStatements != null) {
    parts.push(`${fetch.sqlStatements} SQL`);
  }
  if (fetch.status != null) {
    parts.push(failed(fetch.status) ? `status ${fetch.status}` : String(fetch.status));
  }
  return parts;
}
