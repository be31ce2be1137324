export { VirtualClock } from './clock';
export * from './contract';
export { accountForms, configEchoes, dialects, type ConfigEcho, type Dialect } from './dialects';
export { historyFaults } from './historyFaults';
export { serve } from './server';
export { Simulator } from './simulator';
export type { SimulatedTask, TaskInput } from './tasks';
