import { createDataSource } from 'stepwright';
import { L2Vpn } from './domain/l2vpn.js';
import { CreateNetwork1764000100000 } from './domain/migrations/create-network.js';
import { Port } from './domain/port.js';
import { ServiceAttachPoint } from './domain/service-attach-point.js';

export default createDataSource({
  database: process.env.STEPWRIGHT_DATABASE ?? 'stepwright.db',
  models: [Port, L2Vpn, ServiceAttachPoint],
  migrations: [CreateNetwork1764000100000],
});
