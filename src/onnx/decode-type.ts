import { dtypeOf } from "./codes";
import type { Dim, ValueInfo } from "./model";
import type { Reader } from "./wire";

/** The ValueInfoProto that the reader is in. */
export function readValueInfo(r: Reader): ValueInfo {
  let name = "";
  let type: Omit<ValueInfo, "name"> = { dtype: null, dims: null };
  while (r.next())
    if (r.field === 1) name = r.string("value name");
    else if (r.field === 2) type = r.message("type", () => readType(r));
    else r.skip();
  return { name, ...type };
}

function readType(r: Reader): Omit<ValueInfo, "name"> {
  const start = r.position;
  let code = 0;
  let dims: Dim[] | null = null;
  let dense = true;
  while (r.next())
    if (r.field === 1) {
      const tensor = r.message("tensor_type", () => {
        let code = 0;
        let dims: Dim[] | null = null;
        while (r.next())
          if (r.field === 1) code = r.integer("elem_type");
          else if (r.field === 2) dims = r.message("shape", () => readShape(r));
          else r.skip();
        return { code, dims };
      });
      code = tensor.code;
      dims = tensor.dims;
    } else {
      // 6 is a denotation, which goes with any type.
      if (r.field !== 6) dense = false;
      r.skip();
    }
  const dtype = dtypeOf(code);
  if (dense && (dtype || code === 0)) return { dtype, dims };
  return { dtype: null, dims, type: r.bytes.subarray(start, r.end) };
}

function readShape(r: Reader): Dim[] {
  const dims: Dim[] = [];
  while (r.next())
    if (r.field === 1)
      dims.push(
        r.message("dim", () => {
          let dim: Dim = null;
          while (r.next())
            if (r.field === 1) dim = r.integer("dim_value");
            else if (r.field === 2) dim = r.string("dim_param");
            else r.skip();
          // Older exporters write -1 and "" for sizes that they don't know.
          return dim === "" || (typeof dim === "number" && dim < 0) ? null : dim;
        }),
      );
    else r.skip();
  return dims;
}
