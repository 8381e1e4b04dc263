/**
 * Lets the messages in that are waiting. Work on WASM never leaves the thread by itself: between two passes only
 * promises are settled, and neither a newer request nor a cancellation is heard.
 */
export const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
