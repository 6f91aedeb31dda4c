/** @file Where ONNX Runtime computes. */

/** Names of devices: the processor, and the providers for graphics processors of ONNX Runtime's builds. */
export const devices = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml'] as const;

/** One of them. */
export type Device = (typeof devices)[number];

/** What a device needs besides a build of ONNX Runtime that knows it. */
export const deviceNeeds: Readonly<Record<Device, string>> = {
  cpu: 'nothing',
  webgpu: 'a graphics driver (on Linux libvulkan1 and a Vulkan driver)',
  cuda: 'an NVIDIA driver, CUDA 12 with cuDNN 9, and its libraries: ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js',
  coreml: 'macOS',
  dml: 'Windows with DirectX 12',
};
