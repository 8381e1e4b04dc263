const heaps: WebAssembly.Memory[] = [];

/**
 * Takes note of every WebAssembly memory that is made from now on. ONNX Runtime keeps its own to itself, and no other
 * interface tells a worker what it holds. Call it before the runtime is imported.
 */
export function watchHeaps(): void {
  const Memory = WebAssembly.Memory;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      if (descriptor.initial > 0) heaps.push(this);
    }
  };
}

/** Bytes of all WebAssembly heaps of this worker, or null before there is one. They grow and never shrink. */
export const heapBytes = (): number | null =>
  heaps.length === 0 ? null : heaps.reduce((sum, heap) => sum + heap.buffer.byteLength, 0);
