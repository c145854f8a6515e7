// fma — the most multiply-adds a second that this adapter gives to a kernel without any load: the ceiling of a matrix product
//
// Unrolled by hand: in a short loop a software adapter spends its time on the loop. Each form does 96 multiply-adds of four lanes (or 192 of
// one) a turn; the fastest form counts.
struct Params { turns: u32, x: f32, y: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(64)
fn vectors(@builtin(global_invocation_id) id: vec3<u32>) {
  let x = vec4f(params.x);
  let y = vec4f(params.y);
  var a = vec4f(f32(id.x)); var b = a + 1.0; var c = a + 2.0;
  for (var turn = 0u; turn < params.turns; turn++) {
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
    a = a * x + y; b = b * x + y; c = c * x + y; a = a * x + y; b = b * x + y; c = c * x + y;
  }
  // Stored under a condition that never holds, so that nothing can be left out and nothing is written.
  let sum = a + b + c;
  if (sum.x + sum.y + sum.z + sum.w == 0.12345) { result[0] = sum.x; }
}

@compute @workgroup_size(64)
fn fused(@builtin(global_invocation_id) id: vec3<u32>) {
  let x = vec4f(params.x);
  let y = vec4f(params.y);
  var a = vec4f(f32(id.x)); var b = a + 1.0; var c = a + 2.0;
  for (var turn = 0u; turn < params.turns; turn++) {
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
    a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y); a = fma(a, x, y); b = fma(b, x, y); c = fma(c, x, y);
  }
  let sum = a + b + c;
  if (sum.x + sum.y + sum.z + sum.w == 0.12345) { result[0] = sum.x; }
}

@compute @workgroup_size(64)
fn scalars(@builtin(global_invocation_id) id: vec3<u32>) {
  let p = params.x;
  let q = params.y;
  var s0 = f32(id.x); var s1 = s0 + 1.0; var s2 = s0 + 2.0; var s3 = s0 + 3.0; var s4 = s0 + 4.0; var s5 = s0 + 5.0;
  var s6 = s0 + 6.0; var s7 = s0 + 7.0; var s8 = s0 + 8.0; var s9 = s0 + 9.0; var s10 = s0 + 10.0; var s11 = s0 + 11.0;
  for (var turn = 0u; turn < params.turns; turn++) {
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
    s0 = s0 * p + q; s1 = s1 * p + q; s2 = s2 * p + q; s3 = s3 * p + q; s4 = s4 * p + q; s5 = s5 * p + q; s6 = s6 * p + q; s7 = s7 * p + q; s8 = s8 * p + q; s9 = s9 * p + q; s10 = s10 * p + q; s11 = s11 * p + q;
  }
  let sum = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11;
  if (sum == 0.12345) { result[0] = sum; }
}
