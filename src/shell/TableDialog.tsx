import { useApp, useWorkspace } from "../store/react";
import { viewOf } from "../views";
import { DialogFrame } from "./Dialog";

const MOST = 200;

/** The numbers of the view as a table, strongest first where they are weights. The whole of it is in the CSV export. */
export function TableDialog() {
  const workspace = useWorkspace();
  const view = useApp((state) => state.view);
  useApp((state) => state.shown);
  const entry = viewOf(view);
  const table = entry.table(workspace);
  if (!table)
    return (
      <DialogFrame title={`${entry.label} as a table`}>
        <p>The weights are still on their way.</p>
      </DialogFrame>
    );
  const column = table.header.indexOf(table.strongest ?? "");
  const pin = table.header.indexOf("pinned");
  const rows = [...table.rows()];
  const kept = pin < 0 ? rows : rows.filter((row) => row[pin] === 1);
  if (column >= 0) kept.sort((a, b) => Math.abs(Number(b[column])) - Math.abs(Number(a[column])));
  const header = table.header.slice(0, table.columns);
  const shown = kept.slice(0, MOST).map((row) => row.slice(0, table.columns));
  return (
    <DialogFrame title={`${entry.label} as a table`} wide>
      <p className="small">
        {column >= 0 ? "Strongest first" : "In order"}
        {pin >= 0 && ", of the pinned token"}: {shown.length} of {kept.length.toLocaleString("en")} rows. Export, CSV
        has all of them.
      </p>
      <div className="table-frame">
        <table>
          <thead>
            <tr>
              {header.map((name) => (
                <th key={name} scope="col">
                  {name.replaceAll("_", " ")}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.join()}>
                {row.map((cell, i) => (
                  <td key={table.header[i]} className={typeof cell === "string" ? "tok" : undefined}>
                    {typeof cell === "number" && i === column ? cell.toFixed(4) : cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </DialogFrame>
  );
}
