/**
 * Alerts: which there should be now, and sending them. Both are decided by pure functions; what they decide, others store.
 *
 * - **Wanted alert**: one that there should be, by the facts of now. Its **key** stays the same while it is about the same thing.
 * - **Raise**: that an alert began, or became worse. Each raise is told once by each channel, and so is that it is **over**.
 * - **Notification**: a row that says what became of telling one raise, or one end, by one channel.
 * - **Channel**: mail or webhook. One **delivery** is one message by one channel, of everything that is due.
 */
export type { Alert, AlertKind, AlertObject, AlertSeverity, OpenAlert, WantedAlert } from './alert.ts'
export type {
  AgentFacts,
  AlertFacts,
  CacheFacts,
  DeliveryProblem,
  EndedRun,
  MaintenanceKind,
  RestoreFacts,
  SetFacts,
  UnconfirmedRun,
  VaultFacts,
} from './facts.ts'
export {
  type ClearedAlert,
  type RaisedAlert,
  reconcileAlerts,
  type Reconciliation,
  type RefreshedAlert,
} from './reconcile.ts'
export { wantedAlerts } from './rules/wanted-alerts.ts'
export { createDelivery, type Delivery, type DeliveryOptions, type TestResult } from './delivery/create-delivery.ts'
export { deliveriesDue, type DueDelivery, nextDeliveryAt } from './delivery/deliveries-due.ts'
export { deliveryProblems } from './delivery/delivery-problems.ts'
export type { Notification } from './delivery/notification.ts'
export { type AlertChanges, owedNotifications } from './delivery/owed-notifications.ts'
export type { Channel, DeliverySecrets, DeliverySettings, MailSettings, Sender } from './delivery/settings.ts'
