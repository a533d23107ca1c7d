import type { Messages } from '../en/messages.ts'

export const overview: Messages['overview'] = {
  state: {
    empty: 'Noch ist nichts gesichert.',
    protected: 'Alles ist gesichert.',
    attention: 'Alles ist gesichert, und etwas will angesehen werden.',
    unprotected: 'Nicht alles ist gesichert.',
  },
  text: {
    empty: 'Legen Sie ein Backup-Set an: eine Quelle, eine Richtlinie und einen Tresor.',
    protected:
      '{n} Backup-Set ist, wie seine Richtlinie es verlangt. | Alle {n} Backup-Sets sind, wie ihre Richtlinien es verlangen.',
    attention:
      '{n} von {total} Backup-Sets endete mit einer Warnung. | {n} von {total} Backup-Sets endeten mit Warnungen.',
    unprotected:
      '{n} von {total} Backup-Sets ist nicht, wie seine Richtlinie es verlangt. | {n} von {total} Backup-Sets sind nicht, wie ihre Richtlinien es verlangen.',
  },
  textElsewhere:
    'Alle Backup-Sets sind, wie ihre Richtlinien es verlangen. Was gespeichert ist, braucht einen Blick: Sehen Sie, was Sie braucht.',
  textOnly: {
    attention: 'Der letzte Lauf des einzigen Backup-Sets endete mit einer Warnung.',
    unprotected: 'Das einzige Backup-Set ist nicht, wie seine Richtlinie es verlangt.',
  },
  disabled: '{n} Set ist abgeschaltet. | {n} Sets sind abgeschaltet.',
  next: 'Nächster Lauf {when}.',
  begin: 'Die erste Sicherung einrichten',
  running: 'Was läuft',
  runningNone: 'Jetzt läuft nichts.',
  needs: 'Was Sie braucht',
  needsNone: 'Nichts braucht Sie.',
  moreAlerts: 'Eine offene Meldung | Alle {n} offenen Meldungen',
  sets: 'Backup-Sets',
  protection: {
    protected: 'Gesichert',
    late: 'Verspätet',
    warning: 'Warnung',
    failed: 'Fehlgeschlagen',
    never: 'Nie gesichert',
    disabled: 'Abgeschaltet',
  },
  newest: 'Neuester vollständiger Punkt {when}',
  newestNone: 'Kein vollständiger Wiederherstellungspunkt',
  days: 'Die letzten 14 Tage',
  daysNone: 'In den letzten 14 Tagen endete kein Lauf.',
  succeeded: 'Erfolgreich',
  warning: 'Mit Warnungen',
  failed: 'Fehlgeschlagen',
  added: 'Neue Daten',
  day: 'Tag',
  vaults: 'Tresore',
  free: '{free} frei',
  used: '{used} gespeichert',
  usedPercent: '{percent} belegt',
  freeUnknown: 'Freier Platz nicht bekannt',
  vaultsNone: 'Es gibt noch keinen Tresor.',
}
