// Plain and residual nets of fully connected layers, trained by SGD with momentum.
//
// A net is a list of operations. An operation has forward(x, n) and backward(d, n) over
// n examples and keeps its own buffers, so that a step allocates nothing. States are
// Float32Arrays of (width × n): a row holds one unit's values for all examples, which
// makes the sums of batch normalization run along rows.
function plusxNet() {
  "use strict";
  const floats = (size) => new Float32Array(size);

  // Numbers from 0 to 1 that depend on the seed alone (Marsaglia's xorshift).
  function random(seed) {
    let state = Math.imul(seed + 1, 2654435761) || 1;
    const next = () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) / 2 ** 32;
    };
    for (let k = 0; k < 20; k++) next();
    return next;
  }

  const normal = (draw) =>
    Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());

  // A parameter: its value, its gradient, and the velocity that momentum builds up.
  function parameter(size, first) {
    const value = floats(size).map(first);
    return { value, gradient: floats(size), velocity: floats(size) };
  }

  // C[i, j] = Σ_p A[i·ai + p·ap] · B[p·bp + j·bj]. All products of matrices are this
  // one: the strides read A or B transposed. Eight sums at once, in a tile of 2 × 4,
  // keep each number that was loaded busy.
  function multiply(C, A, ai, ap, B, bp, bj, rows, inner, columns) {
    const tiled = columns - (columns % 4);
    for (let i = 0; i < rows; i += 2) {
      const up = i * columns;
      const down = i + 1 < rows ? up + columns : up; // an odd last row is done twice
      const next = down > up ? ai : 0;
      for (let j = 0; j < tiled; j += 4) {
        let s0 = 0, s1 = 0, s2 = 0, s3 = 0, t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        for (let p = 0, a = i * ai, b = j * bj; p < inner; p++, a += ap, b += bp) {
          const x = A[a], y = A[a + next];
          const b0 = B[b], b1 = B[b + bj], b2 = B[b + 2 * bj], b3 = B[b + 3 * bj];
          s0 += x * b0; s1 += x * b1; s2 += x * b2; s3 += x * b3;
          t0 += y * b0; t1 += y * b1; t2 += y * b2; t3 += y * b3;
        }
        C[up + j] = s0; C[up + j + 1] = s1; C[up + j + 2] = s2; C[up + j + 3] = s3;
        C[down + j] = t0; C[down + j + 1] = t1; C[down + j + 2] = t2; C[down + j + 3] = t3;
      }
      for (let j = tiled; j < columns; j++) {
        let s = 0, t = 0;
        for (let p = 0, a = i * ai, b = j * bj; p < inner; p++, a += ap, b += bp) {
          s += A[a] * B[b]; t += A[a + next] * B[b];
        }
        C[up + j] = s; C[down + j] = t;
      }
    }
  }

  // y = Wx + b, W (outputs × inputs), from He's random weights.
  function linear(inputs, outputs, batch, draw) {
    const deviation = Math.sqrt(2 / inputs);
    const weight = parameter(inputs * outputs, () => deviation * normal(draw));
    const bias = parameter(outputs, () => 0);
    const [out, dx] = [floats(outputs * batch), floats(inputs * batch)];
    let input;
    return {
      parameters: [weight, bias], weight,
      forward(x, n) {
        input = x;
        multiply(out, weight.value, inputs, 1, x, n, 1, outputs, inputs, n);
        for (let j = 0, at = 0; j < outputs; j++)
          for (const end = at + n, b = bias.value[j]; at < end; at++) out[at] += b;
        return out;
      },
      backward(d, n) {
        multiply(weight.gradient, d, n, 1, input, 1, n, outputs, n, inputs);
        for (let j = 0, at = 0; j < outputs; j++) {
          let sum = 0;
          for (const end = at + n; at < end; at++) sum += d[at];
          bias.gradient[j] = sum;
        }
        multiply(dx, weight.value, 1, inputs, d, n, 1, inputs, outputs, n);
        return dx;
      },
    };
  }

  // Batch normalization with the statistics of the examples at hand. `freeze` keeps
  // those of the last batch, for points that are no examples.
  function norm(width, batch) {
    const [gamma, beta] = [parameter(width, () => 1), parameter(width, () => 0)];
    const [out, hat, dx] = [1, 2, 3].map(() => floats(width * batch));
    const [means, inverse] = [floats(width), floats(width)];
    return {
      parameters: [gamma, beta], gamma,
      forward(x, n, freeze) {
        for (let j = 0; j < width; j++) {
          const [start, end] = [j * n, j * n + n];
          if (!freeze) {
            let [sum, squares] = [0, 0];
            for (let k = start; k < end; k++) sum += x[k];
            const mean = sum / n;
            for (let k = start; k < end; k++) squares += (x[k] - mean) * (x[k] - mean);
            [means[j], inverse[j]] = [mean, 1 / Math.sqrt(squares / n + 1e-5)];
          }
          const [mean, scale, g, b] = [means[j], inverse[j], gamma.value[j], beta.value[j]];
          for (let k = start; k < end; k++) out[k] = g * (hat[k] = (x[k] - mean) * scale) + b;
        }
        return out;
      },
      backward(d, n) {
        for (let j = 0; j < width; j++) {
          const [start, end] = [j * n, j * n + n];
          let [sum, along] = [0, 0];
          for (let k = start; k < end; k++) { sum += d[k]; along += d[k] * hat[k]; }
          [beta.gradient[j], gamma.gradient[j]] = [sum, along];
          const [mean, slope, f] = [sum / n, along / n, gamma.value[j] * inverse[j]];
          for (let k = start; k < end; k++) dx[k] = f * (d[k] - mean - hat[k] * slope);
        }
        return dx;
      },
    };
  }

  // An activation; each derivative is a function of the output alone. Not a number stays
  // one: `x < 0` is then false.
  function activation(name, width, batch) {
    const [out, dx] = [floats(width * batch), floats(width * batch)];
    return {
      parameters: [],
      forward(x, n) {
        const end = width * n;
        if (name === "relu") for (let k = 0; k < end; k++) out[k] = x[k] < 0 ? 0 : x[k];
        else if (name === "tanh") for (let k = 0; k < end; k++) out[k] = Math.tanh(x[k]);
        else for (let k = 0; k < end; k++) out[k] = 1 / (1 + Math.exp(-x[k]));
        return out;
      },
      backward(d, n) {
        const end = width * n;
        if (name === "relu") for (let k = 0; k < end; k++) dx[k] = out[k] > 0 ? d[k] : 0;
        else if (name === "tanh") for (let k = 0; k < end; k++) dx[k] = d[k] * (1 - out[k] * out[k]);
        else for (let k = 0; k < end; k++) dx[k] = d[k] * out[k] * (1 - out[k]);
        return dx;
      },
    };
  }

  // activation(x + scale · F(x)), F of two layers; a plain block leaves out the `x +`.
  function block(settings, scale, draw) {
    const { width, batch, residual, normed, activation: name } = settings;
    const layers = [linear(width, width, batch, draw), linear(width, width, batch, draw)];
    const norms = normed ? [norm(width, batch), norm(width, batch)] : [];
    const [first, last] = [0, 1].map((k) => [layers[k], ...norms.slice(k, k + 1)]);
    const branch = [...first, activation(name, width, batch), ...last];
    const after = activation(name, width, batch);
    const [sum, ds, dx] = [1, 2, 3].map(() => floats(width * batch));
    return {
      parameters: branch.flatMap((operation) => operation.parameters),
      layers, norms, state: null,
      forward(x, n, freeze) {
        let y = x;
        for (const operation of branch) y = operation.forward(y, n, freeze);
        for (let k = 0; k < width * n; k++) sum[k] = (residual ? x[k] : 0) + scale * y[k];
        return (this.state = after.forward(sum, n));
      },
      backward(d, n) {
        const e = after.backward(d, n);
        for (let k = 0; k < width * n; k++) ds[k] = scale * e[k];
        let g = ds;
        for (let k = branch.length - 1; k >= 0; k--) g = branch[k].backward(g, n);
        for (let k = 0; k < width * n; k++) dx[k] = g[k] + (residual ? e[k] : 0);
        return dx;
      },
    };
  }

  // Near the identity: a plain layer starts at I + 0.2 × its random weights, a branch
  // under +x at 0.2 × its usual size.
  function startNear({ layers, norms }, { width, residual }) {
    if (!residual)
      for (const { weight: { value } } of layers)
        value.forEach((w, k) => (value[k] = 0.2 * w + (k % (width + 1) === 0)));
    else {
      const last = (norms[1] ? norms[1].gamma : layers[1].weight).value;
      last.forEach((w, k) => (last[k] = 0.2 * w));
    }
  }

  // The net of a setting: `layers` hidden layers in blocks of two.
  function build(settings) {
    const { inputs, classes, width, batch, layers, scaled, near, seed } = settings;
    const draw = random(seed);
    const count = layers / 2;
    const first = [linear(inputs, width, batch, draw), activation(settings.activation, width, batch)];
    const blocks = Array.from({ length: count }, () =>
      block(settings, scaled ? 1 / Math.sqrt(count) : 1, draw));
    if (near) for (const one of blocks) startNear(one, settings);
    const operations = [...first, ...blocks, linear(width, classes, batch, draw)];
    const parameters = operations.flatMap((operation) => operation.parameters);
    return { operations, blocks, parameters, classes, slope: floats(classes * batch) };
  }

  // The logits (classes × n).
  function forward(net, x, n, freeze = false) {
    return net.operations.reduce((y, operation) => operation.forward(y, n, freeze), x);
  }

  // Mean cross-entropy and the number of wrong answers; its gradient goes to net.slope.
  function loss(net, logits, labels, n) {
    let [total, wrong] = [0, 0];
    for (let i = 0; i < n; i++) {
      let [top, sum] = [0, 0];
      for (let c = 1; c < net.classes; c++) if (logits[c * n + i] > logits[top * n + i]) top = c;
      const most = logits[top * n + i];
      for (let c = 0; c < net.classes; c++) sum += Math.exp(logits[c * n + i] - most);
      for (let c = 0; c < net.classes; c++)
        net.slope[c * n + i] = (Math.exp(logits[c * n + i] - most) / sum - (c === labels[i])) / n;
      total += Math.log(sum) + most - logits[labels[i] * n + i];
      if (top !== labels[i]) wrong++;
    }
    return { loss: total / n, wrong };
  }

  // The gradients of what `loss` has measured, into the parameters.
  function backward(net, n) {
    net.operations.reduceRight((d, operation) => operation.backward(d, n), net.slope);
  }

  // One step of SGD with momentum; what the net said of these examples before it.
  function step(net, x, labels, n, rate, momentum = 0.9) {
    const said = loss(net, forward(net, x, n), labels, n);
    backward(net, n);
    for (const { value, gradient, velocity } of net.parameters)
      for (let k = 0; k < value.length; k++) {
        velocity[k] = momentum * velocity[k] + gradient[k];
        value[k] -= rate * velocity[k];
      }
    return said;
  }

  return { random, normal, multiply, build, forward, loss, backward, step };
}
