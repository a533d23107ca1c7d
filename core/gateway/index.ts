/**
 * The gateway is the appliance's doors.
 *
 * - **Door**: a listener. The console door serves the API, what happens as it happens, and the console's files.
 * - **Guard**: what every request passes before anything is done: from where, to which host, how large, how many.
 */
export { type Gateway, type GatewayOptions, openGateway } from './open-gateway.ts'
export { provePort } from './door/prove-port.ts'
export { type Certificate, ownCertificate } from './tls/own-certificate.ts'
