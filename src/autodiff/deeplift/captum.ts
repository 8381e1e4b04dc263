import { GraphError } from "../../graph/error";
import { operatorOf } from "../../graph/rewrites";
import type { Graph, Node } from "../../onnx/model";
import type { Mode } from "../explaining";
import { isStop, isStraight, type Rules } from "../gradient";
import { exact } from "../gradients";
import { rules } from ".";
import { pairsOf } from "./pairs";

/** Operators of the modules that Captum 0.9 hooks, by their exact types. */
const hooked: ReadonlySet<string> = new Set("Elu LeakyRelu MaxPool Relu Sigmoid Softmax Softplus Tanh".split(" "));

/** Their classes; Captum asks for exactly these. */
const hookedClass =
  /^torch\.nn\.modules\.(activation\.(ELU|LeakyReLU|ReLU|Sigmoid|Softmax|Softplus|Tanh)|pooling\.MaxPool[123]d)$/;

/**
 * Whether an operator was a module of its own when the graph was exported, and not a function called in another: torch's
 * newer exporter notes the module; the older one names nodes by the modules around them, and a module that is one operator
 * has nothing else in its scope. Null where neither is there.
 */
export function isModule(node: Node, graph: Graph): boolean | null {
  if (node.module !== undefined) return hookedClass.test(node.module);
  const own = pathOf(node);
  const end = own.lastIndexOf("/");
  if (end < 0) return null;
  const scope = own.slice(0, end + 1);
  // what quantisation puts behind a node is named after it
  return graph.nodes.every((n) => n === node || !pathOf(n).startsWith(scope) || pathOf(n).startsWith(`${own}_`));
}

/** A node's name with the modules around it. Optimisers that fuse nodes rename them, but not their values. */
const pathOf = ({ name, outputs: [y] }: Node): string =>
  name.startsWith("/") || !y.startsWith("/") ? name : y.replace(/_output_\d+$/, "");

/**
 * DeepLIFT as Captum computes it: the rescale rule at activations that are modules, and gradients everywhere else, so that
 * what it shares out isn't the target's Δ.
 *
 * @throws GraphError for a graph whose names don't say which activations were modules, or with a Softmax module: what Captum
 * makes of that depends on the rest of the batch
 */
export function captumRules(graph: Graph, batch: number): Rules {
  const pairs = pairsOf(batch);
  return (node) => {
    const entry = exact(node);
    const operator = operatorOf(node);
    if (!entry || isStop(entry) || isStraight(entry) || !hooked.has(operator)) return entry;
    const module = isModule(node, graph);
    // attention's softmax is a function in every model that is known
    if (module === false || (module === null && operator === "Softmax")) return entry;
    if (module === null)
      throw new GraphError("unsupported form", `DeepLIFT as Captum: whether this was a module isn't in the file`, node);
    if (operator === "Softmax") throw new GraphError("unsupported form", "DeepLIFT as Captum through a module", node);
    return rules[operator](pairs, entry);
  };
}

/** The batch holds pairs, as for `deepliftMode`. */
export const captumMode: Mode = {
  name: "deeplift-captum",
  rules: ({ graph, canonical }) => captumRules(graph, canonical.point.batch),
};
