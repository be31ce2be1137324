export { systemClock, VirtualClock, type Clock } from './clock';
export * from './contract';
export { pointsPerUsd } from './account';
export { videoFilesSize } from './videoFiles';
export { historyFaults } from './historyFaults';
export { serve } from './server';
export { Simulator } from './simulator';
export type { SimulatedTask, TaskState } from './tasks';
