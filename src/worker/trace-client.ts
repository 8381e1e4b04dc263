import { fail, toFailure } from "./failure";
import { openTrace } from "./loading/trace";
import { type Explainer, ExplainerError } from "./protocol";
import { createTraceExplainer } from "./trace-explainer";

/** An explainer on the page's own thread that opens traces and runs nothing: for pages that can have no worker. */
export function createTraceClient(): Explainer {
  let current: Explainer | null = null;
  let traces = 0;
  const call = async <T>(send: (explainer: Explainer) => Promise<T>): Promise<T> => {
    if (!current) throw fail("bad-input", "no trace: open one first");
    try {
      return await send(current);
    } catch (error) {
      throw new ExplainerError(toFailure(error));
    }
  };
  return {
    async load(source, device, onProgress) {
      if (source.kind !== "trace") throw fail("bad-input", "no models here: this page shows traces");
      try {
        current = createTraceExplainer(await openTrace(source.from), ++traces, source.name);
      } catch (error) {
        throw new ExplainerError(toFailure(error));
      }
      return current.load(source, device, onProgress);
    },
    encode: (input) => call((to) => to.encode(input)),
    run: (input, target) => call((to) => to.run(input, target)),
    retarget: (trace, target) => call((to) => to.retarget(trace, target)),
    attention: (...request) => call((to) => to.attention(...request)),
    rows: (...request) => call((to) => to.rows(...request)),
    scoring: (...request) => call((to) => to.scoring(...request)),
    scores: (trace) => call((to) => to.scores(trace)),
    methods: async () => (current ? current.methods() : []),
    explain: (request, onEvent) => call((to) => to.explain(request, onEvent)),
    measure: (request, onProgress) => call((to) => to.measure(request, onProgress)),
    consistency: (request, onProgress) => call((to) => to.consistency(request, onProgress)),
    without: (request) => call((to) => to.without(request)),
    save: (trace) => call((to) => to.save(trace)),
    memory: async () => null,
    cancel: async () => {},
  };
}
