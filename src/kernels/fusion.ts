/**
 * Operations that a GPU computes together: a pass over what a tape has recorded that puts one node where several stand. Kernels for software adapters
 * stay apart, since there a dispatch costs little beside what it does. Whatever is kept for looking at, or read by anybody else, is computed as recorded.
 */
import { rowBlocks } from '../graph/rowBlocks';
import type { Node, Op, Tape } from '../graph/tape';
import { rows, type Tensor, width } from '../graph/tensor';
import { activation, type ActivationKind } from './activation';
import { add } from './add';
import { attention, STATISTICS, type WholeAttention } from './attention';
import { type AttentionAttributes, attentionWeights } from './attention_weights';
import { dropout, type DropoutAttributes } from './dropout';
import { fusedLinears, type LinearPart, type LinearParts } from './fused_linear';
import { attentionLogits, attentionMix, linear, type LinearAttributes } from './matmul';
import { norm } from './norm';
import { draws, type ResidualNorm, residualNorm } from './residual_norm';

/** Low-rank branches whose layers stand no further apart than this on the tape are computed together: those of one layer of a model. */
const NEAR = 12;
/** Most layers that are computed together. */
const MOST_PARTS = 3;

/** Whether a node is one of this operation. */
const is = <A>(node: Node | undefined, op: Op<A>): node is Node<A> => node?.op === (op as Op);

/** A linear layer as it was recorded: its nodes, and what becomes of them. */
interface Layer { members: Node[]; part: LinearPart }

/** Whether `layer` reads what the last of `group` computes, and all are trained whole: their gradients then come together. */
function follows(group: readonly Layer[], layer: Layer): boolean {
  const { part: before } = group[group.length - 1];
  return group.length < MOST_PARTS && layer.part.through !== undefined && layer.part.x === before.activation?.value
    && [...group, layer].every(({ part }) => !part.lowRank && part.weight.role === 'parameter');
}

class Fusion {
  nodes: Node[];
  private readonly readers = new Map<Tensor, Node[]>();
  private readonly writers = new Map<Tensor, Node[]>();
  private readonly kept: ReadonlySet<Tensor>;

  constructor(private readonly tape: Tape, private readonly largestBuffer?: number) {
    this.nodes = [...tape.nodes];
    this.kept = new Set(tape.kept.values());
    const add = (to: Map<Tensor, Node[]>, tensor: Tensor, node: Node) => to.set(tensor, [...(to.get(tensor) ?? []), node]);
    for (const node of tape.nodes) {
      for (const input of new Set(Object.values(node.inputs))) if (input) add(this.readers, input, node);
      for (const output of Object.values(node.outputs)) add(this.writers, output, node);
    }
  }

  private readersOf(tensor: Tensor): readonly Node[] {
    return this.readers.get(tensor) ?? [];
  }

  /** The only node that reads `tensor`, which nobody else looks at. */
  private readerOf(tensor: Tensor): Node | undefined {
    const readers = this.readersOf(tensor);
    return readers.length === 1 && !this.kept.has(tensor) ? readers[0] : undefined;
  }

  /** Those of `nodes` that need, themselves or through others, what `members` write. */
  private behind(members: readonly Node[], nodes: readonly Node[]): Set<Node> {
    const written = new Set(members.flatMap(({ outputs }) => Object.values(outputs)));
    const found = new Set<Node>();
    for (const node of nodes) {
      if (members.includes(node) || !Object.values(node.inputs).some((input) => input && written.has(input))) continue;
      found.add(node);
      for (const output of Object.values(node.outputs)) written.add(output);
    }
    return found;
  }

  /** Puts `node` in place of `members`: what stood between them and needs them comes behind it, the rest in front. */
  private replace(members: readonly Node[], node: Node): void {
    const places = members.map((member) => this.nodes.indexOf(member));
    const [first, last] = [Math.min(...places), Math.max(...places)];
    const between = this.nodes.slice(first, last + 1).filter((one) => !members.includes(one));
    const behind = this.behind(members, between);
    this.nodes.splice(first, last + 1 - first, ...between.filter((one) => !behind.has(one)), node, ...between.filter((one) => behind.has(one)));
  }

  /** Logits, weights and mix. */
  attention(): void {
    for (const logits of this.nodes.filter((node): node is Node<{ heads: number; scale: number }> => is(node, attentionLogits))) {
      const weights = this.readerOf(logits.outputs.g);
      if (!is(weights, attentionWeights)) continue;
      const { w, dropped } = weights.outputs;
      const mix = this.readerOf(dropped ?? w);
      if (!is(mix, attentionMix) || (dropped && this.kept.has(w))) continue;
      const [S, H, Tq] = logits.outputs.g.shape;
      const attributes: WholeAttention = { ...(weights.attributes as AttentionAttributes), ...logits.attributes };
      const statistics = this.tape.tensor(`${weights.label} statistics`, [S * H * Tq, STATISTICS], 'activation');
      const { q, k } = logits.inputs;
      const { lengths, spans } = weights.inputs;
      this.replace([logits, weights, mix], { op: attention as Op, label: weights.label.replace(/weights$/, 'attention'), attributes, inputs: { q, k, v: mix.inputs.v, lengths, spans }, outputs: { o: mix.outputs.o, statistics } });
    }
  }

  /** A residual addition and the norm that reads its sum first. */
  residuals(): void {
    for (const sum of [...this.nodes]) {
      const masked = is<DropoutAttributes>(sum, dropout as Op<DropoutAttributes>) && sum.inputs.residual && draws(sum.attributes);
      if (!masked && !is(sum, add)) continue;
      const s = sum.outputs.y;
      const next = this.readersOf(s).find((reader): reader is Node<{ epsilon: number }> => is(reader, norm));
      if (!next || next.inputs.gamma!.shape[0] !== width(s) || this.nodes.indexOf(next) - this.nodes.indexOf(sum) > NEAR) continue;
      const { gamma, beta } = next.inputs;
      const [x, residual] = masked ? [sum.inputs.x, sum.inputs.residual] : [sum.inputs.b, sum.inputs.a];
      const attributes: ResidualNorm = { epsilon: next.attributes.epsilon, drop: masked ? (sum.attributes as DropoutAttributes) : undefined };
      this.replace([sum, next], { op: residualNorm as Op, label: next.label, attributes, inputs: { x, residual, gamma, beta }, outputs: { s, ...next.outputs } });
    }
  }

  /** Linear layers with their low-rank branches, the functions that follow, and the gradients of whole matrices that are trained. */
  linears(): void {
    const layers = this.nodes.flatMap((node) => this.layerAt(node) ?? []);
    const values = new Map(layers.flatMap(({ part: { y, activation: after } }) => (after ? [[after.value, { kind: after.kind, pre: y }] as const] : [])));
    for (const { members, part } of layers) {
      const below = values.get(part.x);
      if (below && this.readersOf(part.x).every((reader) => members.includes(reader))) part.through = below;
    }
    const worthwhile = layers.filter(({ part }) => part.lowRank || part.activation || part.through || part.weight.role === 'parameter');
    for (const group of this.grouped(worthwhile)) this.put(group);
  }

  /** The layer that begins with `node`, undefined where it is none that can be computed together with anything. */
  private layerAt(node: Node): Layer | undefined {
    if (!is<LinearAttributes>(node, linear as Op<LinearAttributes>)) return undefined;
    const { attributes: { accumulate, scale, transposed }, inputs: { x, weight, bias }, outputs: { y }, label } = node;
    if (accumulate || scale !== 1 || rowBlocks(weight!.label, weight!.shape, weight!.type, this.largestBuffer).length > 1) return undefined;
    const part: LinearPart = { label, x: x!, weight: weight!, bias, transposed, y };
    const members: Node[] = [node];
    const added = this.writers.get(y)!.filter((writer) => writer !== node);
    if (added.length > 0) {
      const branch = added.length === 1 ? this.branchOf(added[0]) : undefined;
      if (!branch) return undefined;
      members.push(...branch.members);
      part.lowRank = branch.lowRank;
    }
    const after = this.readerOf(y);
    if (is<{ kind: ActivationKind }>(after, activation)) {
      members.push(after);
      part.activation = { kind: after.attributes.kind, value: after.outputs.y };
    } else if (after && is<LinearAttributes>(after, linear as Op<LinearAttributes>) && after.attributes.accumulate) {
      // The A of a branch, which goes with the layer that B adds to.
      return undefined;
    }
    return { members, part };
  }

  /** The branch (x·Aᵀ)·Bᵀ that ends with `ofB`, which adds it to a layer's result. */
  private branchOf(ofB: Node): { members: Node[]; lowRank: NonNullable<LinearPart['lowRank']> } | undefined {
    if (!is<LinearAttributes>(ofB, linear as Op<LinearAttributes>)) return undefined;
    const { x: u, weight: b } = ofB.inputs;
    const [ofA] = this.writers.get(u!) ?? [];
    if (!ofA || !is<LinearAttributes>(ofA, linear as Op<LinearAttributes>) || this.readerOf(u!) !== ofB) return undefined;
    const { x: read, weight: a } = ofA.inputs;
    const plain = [ofA, ofB].every(({ attributes: { transposed }, inputs: { bias } }) => !transposed && !bias) && ofA.attributes.scale === 1 && !ofA.attributes.accumulate;
    if (!plain || a!.role !== 'parameter' || b!.role !== 'parameter') return undefined;
    return { members: [ofA, ofB], lowRank: { label: ofB.label.replace(/ B$/, ''), read: read!, a: a!, b: b!, scale: ofB.attributes.scale, start: 0 } };
  }

  /** Layers with branches that need nothing of each other, together, and layers in a row that are trained whole; all others one by one. */
  private grouped(layers: readonly Layer[]): Layer[][] {
    const groups: Layer[][] = [];
    let open: Layer[] | undefined;
    for (const layer of layers) {
      if (open && layer.part.lowRank && this.joins(open, layer)) {
        open.push(layer);
        continue;
      }
      const before = groups[groups.length - 1];
      if (before && follows(before, layer)) {
        before.push(layer);
        continue;
      }
      const group = [layer];
      groups.push(group);
      if (layer.part.lowRank) open = group;
    }
    return groups;
  }

  private joins(group: readonly Layer[], layer: Layer): boolean {
    const members = group.flatMap((one) => one.members);
    const first = this.nodes.indexOf(members[0]);
    const own = layer.members.map((member) => this.nodes.indexOf(member));
    if (group.length === MOST_PARTS || Math.min(...own) - Math.max(...members.map((member) => this.nodes.indexOf(member))) > NEAR) return false;
    const behind = this.behind(members, this.nodes.slice(first, Math.max(...own) + 1));
    return !layer.members.some((member) => behind.has(member));
  }

  private put(group: readonly Layer[]): void {
    const parts = group.map(({ part }) => part);
    let size = 0;
    for (const { lowRank } of parts) {
      if (!lowRank) continue;
      lowRank.start = size;
      size += rows(lowRank.read) * lowRank.a.shape[0];
    }
    const label = parts.map((part) => part.label).join(', ');
    const u = size > 0 ? this.tape.tensor(`${label} u`, [size], 'activation') : undefined;
    const attributes: LinearParts = { parts, u };
    const inputs = Object.fromEntries(group.flatMap(({ members }, number) => members.flatMap((member) => Object.entries(member.inputs).map(([name, tensor]) => [`${number} ${member.label} ${name}`, tensor]))));
    const outputs = Object.fromEntries(parts.flatMap(({ y, activation: after }, number) => [[`y${number}`, y], ...(after ? [[`value${number}`, after.value]] : [])]));
    this.replace(group.flatMap(({ members }) => members), { op: fusedLinears as Op, label, attributes, inputs, outputs });
  }
}

/** The nodes of `tape` as a GPU computes them. @param largestBuffer as of `CompileOptions` */
export function fuse(tape: Tape, largestBuffer?: number): Node[] {
  const fusion = new Fusion(tape, largestBuffer);
  fusion.attention();
  fusion.residuals();
  fusion.linears();
  return fusion.nodes;
}
