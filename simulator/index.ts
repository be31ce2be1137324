export { systemClock, VirtualClock } from './clock';
export * from './contract';
export { historyFaults } from './historyFaults';
export { serve } from './server';
export { Simulator } from './simulator';
export type { SimulatedTask } from './tasks';
