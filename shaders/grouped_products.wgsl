// grouped_products — up to six small matrix products in one dispatch: C (+)= scale·A·B each, such as the gradients of all adapters of a layer
//
// shapes   of each: A (M,K), B (K,N), C (M,N) for any strides, each in one of eight buffers at a start of its own; B may be all ones: sums of rows
// gpu      a workgroup owns 8×8 outputs of one product; four invocations share an output, every fourth k each, and are added in their order
// backward not needed: it is itself part of a backward pass, and of a forward pass below which all gradients are products of this kernel too
const SIDE = 8u;
const SLICES = 4u;

// Numbers of the buffers: those that are read, from 4 on those that may be written too; ONES is no buffer, but 1 everywhere.
struct Params {
  rows0: u32, columns0: u32, depth0: u32, a0: u32, a_start0: u32, a_row0: u32, a_depth0: u32, b0: u32, b_start0: u32, b_depth0: u32, b_column0: u32, c0: u32, c_start0: u32, c_row0: u32, accumulate0: u32, scale0: f32, first0: u32, across0: u32,
  rows1: u32, columns1: u32, depth1: u32, a1: u32, a_start1: u32, a_row1: u32, a_depth1: u32, b1: u32, b_start1: u32, b_depth1: u32, b_column1: u32, c1: u32, c_start1: u32, c_row1: u32, accumulate1: u32, scale1: f32, first1: u32, across1: u32,
  rows2: u32, columns2: u32, depth2: u32, a2: u32, a_start2: u32, a_row2: u32, a_depth2: u32, b2: u32, b_start2: u32, b_depth2: u32, b_column2: u32, c2: u32, c_start2: u32, c_row2: u32, accumulate2: u32, scale2: f32, first2: u32, across2: u32,
  rows3: u32, columns3: u32, depth3: u32, a3: u32, a_start3: u32, a_row3: u32, a_depth3: u32, b3: u32, b_start3: u32, b_depth3: u32, b_column3: u32, c3: u32, c_start3: u32, c_row3: u32, accumulate3: u32, scale3: f32, first3: u32, across3: u32,
  rows4: u32, columns4: u32, depth4: u32, a4: u32, a_start4: u32, a_row4: u32, a_depth4: u32, b4: u32, b_start4: u32, b_depth4: u32, b_column4: u32, c4: u32, c_start4: u32, c_row4: u32, accumulate4: u32, scale4: f32, first4: u32, across4: u32,
  rows5: u32, columns5: u32, depth5: u32, a5: u32, a_start5: u32, a_row5: u32, a_depth5: u32, b5: u32, b_start5: u32, b_depth5: u32, b_column5: u32, c5: u32, c_start5: u32, c_row5: u32, accumulate5: u32, scale5: f32, first5: u32, across5: u32
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> read0: array<f32>;
@group(0) @binding(3) var<storage, read> read1: array<f32>;
@group(0) @binding(4) var<storage, read> read2: array<f32>;
@group(0) @binding(5) var<storage, read> read3: array<f32>;
@group(0) @binding(6) var<storage, read_write> written0: array<f32>;
@group(0) @binding(7) var<storage, read_write> written1: array<f32>;
@group(0) @binding(8) var<storage, read_write> written2: array<f32>;
@group(0) @binding(9) var<storage, read_write> written3: array<f32>;

struct Part {
  rows: u32, columns: u32, depth: u32,
  a: u32, a_start: u32, a_row: u32, a_depth: u32,
  b: u32, b_start: u32, b_depth: u32, b_column: u32,
  c: u32, c_start: u32, c_row: u32, accumulate: u32,
  scale: f32, first: u32, across: u32,   // its first workgroup, and how many lie beside each other
}

// The product that a workgroup has a share of.
fn part_of(number: u32) -> Part {
  if (number >= params.first5) { return Part(params.rows5, params.columns5, params.depth5, params.a5, params.a_start5, params.a_row5, params.a_depth5, params.b5, params.b_start5, params.b_depth5, params.b_column5, params.c5, params.c_start5, params.c_row5, params.accumulate5, params.scale5, params.first5, params.across5); }
  if (number >= params.first4) { return Part(params.rows4, params.columns4, params.depth4, params.a4, params.a_start4, params.a_row4, params.a_depth4, params.b4, params.b_start4, params.b_depth4, params.b_column4, params.c4, params.c_start4, params.c_row4, params.accumulate4, params.scale4, params.first4, params.across4); }
  if (number >= params.first3) { return Part(params.rows3, params.columns3, params.depth3, params.a3, params.a_start3, params.a_row3, params.a_depth3, params.b3, params.b_start3, params.b_depth3, params.b_column3, params.c3, params.c_start3, params.c_row3, params.accumulate3, params.scale3, params.first3, params.across3); }
  if (number >= params.first2) { return Part(params.rows2, params.columns2, params.depth2, params.a2, params.a_start2, params.a_row2, params.a_depth2, params.b2, params.b_start2, params.b_depth2, params.b_column2, params.c2, params.c_start2, params.c_row2, params.accumulate2, params.scale2, params.first2, params.across2); }
  if (number >= params.first1) { return Part(params.rows1, params.columns1, params.depth1, params.a1, params.a_start1, params.a_row1, params.a_depth1, params.b1, params.b_start1, params.b_depth1, params.b_column1, params.c1, params.c_start1, params.c_row1, params.accumulate1, params.scale1, params.first1, params.across1); }
  return Part(params.rows0, params.columns0, params.depth0, params.a0, params.a_start0, params.a_row0, params.a_depth0, params.b0, params.b_start0, params.b_depth0, params.b_column0, params.c0, params.c_start0, params.c_row0, params.accumulate0, params.scale0, params.first0, params.across0);
}

fn value_of(buffer: u32, at: u32) -> f32 {
  switch (buffer) {
    case 0u: { return read0[at]; }
    case 1u: { return read1[at]; }
    case 2u: { return read2[at]; }
    case 3u: { return read3[at]; }
    case 4u: { return written0[at]; }
    case 5u: { return written1[at]; }
    case 6u: { return written2[at]; }
    case 7u: { return written3[at]; }
    default: { return 1.0; }
  }
}

fn write(buffer: u32, at: u32, value: f32) {
  switch (buffer) {
    case 4u: { written0[at] = value; }
    case 5u: { written1[at] = value; }
    case 6u: { written2[at] = value; }
    case 7u: { written3[at] = value; }
    default: {}
  }
}

var<workgroup> sums: array<f32, 256>;

@compute @workgroup_size(256)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let number = group.y * groups.x + group.x;
  let part = part_of(number);
  let tile = number - part.first;
  let slice = index % SLICES;
  let row = tile / part.across * SIDE + index / SLICES / SIDE;
  let column = tile % part.across * SIDE + index / SLICES % SIDE;
  let inside = row < part.rows && column < part.columns;
  var sum = 0.0;
  if (inside) {
    let a_base = part.a_start + row * part.a_row;
    let b_base = part.b_start + column * part.b_column;
    for (var k = slice; k < part.depth; k += SLICES) { sum += value_of(part.a, a_base + k * part.a_depth) * value_of(part.b, b_base + k * part.b_depth); }
  }
  sums[index] = sum;
  workgroupBarrier();
  if (inside && slice == 0u) {
    let at = part.c_start + row * part.c_row + column;
    var result = (sums[index] + sums[index + 1u] + sums[index + 2u] + sums[index + 3u]) * part.scale;
    if (part.accumulate != 0u) { result += value_of(part.c, at); }
    write(part.c, at, result);
  }
}
