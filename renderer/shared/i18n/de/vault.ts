import type { Messages } from '../en/messages.ts'

export const vault: Messages['vault'] = {
  one: 'Tresor',
  description: 'In einem Tresor liegen Wiederherstellungspunkte, verschlüsselt.',
  new: 'Neuer Tresor',
  empty: 'Es gibt noch keinen Tresor',
  emptyText:
    'Legen Sie einen Tresor in einem Ordner auf einer Platte mit Platz an, am besten nicht auf der Platte dessen, was Sie sichern.',
  place: 'Ordner',
  state: { ready: 'Bereit', unreachable: 'Nicht erreichbar', damaged: 'Beschädigt' },
  stateText: {
    ready: 'Er ist erreichbar, und die letzte Prüfung hat nichts beanstandet.',
    unchecked: 'Er ist erreichbar. Geprüft wurde er noch nicht.',
  },
  unreachable: 'Dieser Tresor ist nicht erreichbar.',
  unreachableSafety:
    'Was darin liegt, ändert sich dadurch nicht. Bis er wieder da ist, wird nichts in ihn gesichert, und nichts lässt sich aus ihm wiederherstellen.',
  unreachableRemedy: 'Prüfen Sie, ob seine Platte da und eingehängt ist und der Dienst sie lesen darf.',
  damaged: 'Dieser Tresor ist beschädigt.',
  damagedSafety:
    'Manche Wiederherstellungspunkte lassen sich vielleicht nicht oder nur zum Teil wiederherstellen. Eine Prüfung ändert nichts, und Sicherungen laufen weiter.',
  damagedRemedy:
    'Öffnen Sie die letzte Prüfung: Sie nennt, was beschädigt ist und was hilft; oder prüfen Sie jetzt alle Daten. Lassen Sie die Quellen dieser Sicherungen, wie sie sind, bis eine spätere Prüfung nichts mehr findet.',
  noKit: 'Niemand hat das Notfallblatt dieses Tresors.',
  noKitSafety: 'Geht diese Appliance verloren, kann niemand mehr lesen, was im Tresor liegt.',
  noKitRemedy: 'Laden Sie es herunter, und bewahren Sie es getrennt von diesem Rechner auf.',
  noKitAsk: 'Bitten Sie einen Administrator, es herunterzuladen.',
  toCheck: 'Letzte Prüfung öffnen',
  facts: 'Was da ist',
  points: 'Wiederherstellungspunkte',
  newest: 'Neuester Punkt',
  stored: 'Gespeichert',
  free: 'Frei auf seiner Platte',
  spaceOf: 'Platz von {name}',
  spaceUnknown: 'Er wurde noch nicht gemessen.',
  created: 'Hier seit',
  repository: 'Repository-Kennung',
  sets: 'Backup-Sets dieses Tresors',
  setsNone: 'Kein Backup-Set sichert hierher.',
  kit: 'Notfallblatt',
  kitHas: 'Heruntergeladen {when}',
  kitNone: 'Niemand hat es',
  lastCheck: 'Letzte Prüfung',
  lastVerify: 'Zuletzt erprobt',
  neverDone: 'Nie',
  due: 'fällig {when}',
  dueSince: 'fällig seit {when}',
  goesOn: 'läuft gerade',
  notAsked: 'nicht verlangt',
  care: 'Pflege',
  careText: 'Die Appliance tut all das von selbst. Sie können jedes von Hand beginnen.',
  careLast: 'Zuletzt: {when}',
  careSettings: 'Wann und wie oft: Einstellungen',
  careWhat: {
    check: 'Sieht nach, ob alles da ist und so, wie es gespeichert wurde.',
    verify:
      'Stellt einige Dateien des neuesten Wiederherstellungspunkts eines Backup-Sets wieder her und vergleicht sie.',
    forget: 'Entfernt die Wiederherstellungspunkte, die keine Richtlinie mehr behält.',
    prune: 'Gibt den Platz dessen frei, was kein Wiederherstellungspunkt mehr braucht.',
    'catalog-backup':
      'Legt eine Kopie dessen, was diese Appliance weiß, in den Tresor: für eine neue Appliance nach einem Verlust.',
  },
  careEvery: {
    check: 'Jeden Tag um {at}. | Alle {n} Tage um {at}.',
    prune: 'Jeden Tag um {at}. | Alle {n} Tage um {at}.',
    forget: 'Jeden Tag um {at}.',
    verify: 'Wie es die Richtlinien seiner Sets sagen.',
    'catalog-backup': 'Nachdem etwas geändert wurde.',
  },
  now: {
    check: 'Jetzt prüfen',
    verify: 'Jetzt erproben',
    forget: 'Abgelaufene Punkte jetzt entfernen',
    prune: 'Jetzt aufräumen',
    'catalog-backup': 'Katalog jetzt sichern',
  },
  ask: {
    check: '{name} prüfen?',
    verify: '{name} erproben?',
    forget: 'Abgelaufene Punkte aus {name} entfernen?',
    prune: '{name} aufräumen?',
    'catalog-backup': 'Den Katalog in {name} sichern?',
  },
  askText: {
    check: 'Es wird gelesen und nichts geändert. Sicherungen und Wiederherstellungen laufen weiter.',
    verify:
      'Einige Dateien werden in einen eigenen Ordner wiederhergestellt, verglichen und wieder entfernt. Im Tresor ändert sich nichts. Sicherungen und Wiederherstellungen laufen weiter.',
    forget:
      'Wiederherstellungspunkte, die keine Richtlinie mehr behält, werden entfernt und lassen sich nicht zurückholen. Alle anderen bleiben. Sicherungen warten, bis es zu Ende ist. Sieht es so aus, als ginge zu viel verloren, hält der Lauf an und wartet auf einen Menschen.',
    prune:
      'Daten, die kein Wiederherstellungspunkt braucht, werden herausgenommen und {n} Stunde später endgültig gelöscht. Kein Wiederherstellungspunkt ist betroffen. Sicherungen warten, bis es zu Ende ist. | Daten, die kein Wiederherstellungspunkt braucht, werden herausgenommen und {n} Stunden später endgültig gelöscht. Kein Wiederherstellungspunkt ist betroffen. Sicherungen warten, bis es zu Ende ist.',
    pruneAtOnce:
      'Daten, die kein Wiederherstellungspunkt braucht, werden endgültig gelöscht. Kein Wiederherstellungspunkt ist betroffen. Sicherungen warten, bis es zu Ende ist.',
    'catalog-backup': 'Eine Kopie dessen, was hier eingerichtet ist, kommt hinzu. Sonst ändert sich im Tresor nichts.',
  },
  readData: 'Auch alle Daten lesen',
  readDataText:
    'Findet auch Schäden im Inneren von Dateien. Liest den ganzen Tresor, was Stunden dauern kann: {stored}.',
  readDataUnmeasured: 'Findet auch Schäden im Inneren von Dateien. Liest den ganzen Tresor, was Stunden dauern kann.',
  ofSet: 'Backup-Set',
  ofAllSets: 'Alle Backup-Sets',
  nothingToVerify: 'Kein Backup-Set hat in diesem Tresor einen Wiederherstellungspunkt. Sichern Sie zuerst.',
  going: 'Läuft gerade',
  lastRuns: 'Letzte Läufe der Pflege',
  lastRunsText: 'Ohne Sicherungen und Wiederherstellungen.',
  lastRunsNone: 'Noch wurde nichts davon getan.',
  waits: '{kind}: angehalten, wartet auf einen Menschen.',
  waitsSafety: 'Es wurde nichts entfernt, und es wird nichts entfernt, bis jemand es bestätigt.',
  openRun: 'Öffnen',
  rename: 'Umbenennen',
  renameTitle: '{name} umbenennen',
  renameText: 'Es ändert sich nur, wie er hier heißt. In seinem Ordner ändert sich nichts.',
  kitText: 'Das Notfallblatt ist eine Seite Text. Darauf steht:',
  kitHolds: {
    place: 'wo der Tresor liegt, und seine Kennung',
    password: 'das Passwort des Tresors',
    catalogKey: 'der Schlüssel, an dem eine neue Appliance die Kopien des Katalogs darin als echt erkennt',
    how: 'wie man mit restic ohne diese Appliance wiederherstellt und eine neue aufbaut',
  },
  kitKeep:
    'Bewahren Sie es getrennt von diesem Rechner und vom Tresor auf: auf Papier im Safe oder in einem Passwortmanager. Wer es und den Tresor hat, kann alles darin lesen.',
  kitAgain: 'Noch einmal herunterladen',
  kitTwice:
    'Es wurde schon heruntergeladen: {when}. Suchen Sie zuerst dieses. Mit jedem weiteren Notfallblatt lässt sich alles im Vault lesen.',
  kitTwiceBy:
    'Es wurde schon heruntergeladen: {when} von {who}. Suchen Sie zuerst dieses. Mit jedem weiteren Notfallblatt lässt sich alles im Vault lesen.',
  kitBegin: 'Notfallblatt herunterladen',
  kitSaved:
    'Ihr Browser hat es gespeichert. Legen Sie es dorthin, wo es bleiben soll, und entfernen Sie die Datei von diesem Rechner.',
  kitWho: 'Ein Administrator kann es herunterladen.',
  detach: 'Abtrennen',
  detachTitle: '{name} abtrennen?',
  detachStays: 'Alles in {path} bleibt, wie es ist; nichts wird gelöscht.',
  detachMissing:
    'Es ist kein Wiederherstellungspunkt darin. | Sein Wiederherstellungspunkt steht hier nicht mehr in der Liste und lässt sich von hier nicht wiederherstellen. | Seine {n} Wiederherstellungspunkte stehen hier nicht mehr in der Liste und lassen sich von hier nicht wiederherstellen.',
  detachCare: 'Er wird nicht mehr geprüft, erprobt und aufgeräumt.',
  detachBack: 'Mit seinem Passwort, das auf dem Notfallblatt steht, lässt er sich wieder anbinden.',
  detachNoKit:
    'Niemand hat das Notfallblatt: Ohne das Passwort des Tresors kann ihn niemand je wieder lesen, weder hier noch anderswo.',
  detachKnows: 'Ich habe das Passwort dieses Tresors',
  detachUsed:
    'Er lässt sich noch nicht abtrennen: {n} Backup-Set sichert hierher. | Er lässt sich noch nicht abtrennen: {n} Backup-Sets sichern hierher.',
  detachUsedText: 'Entfernen Sie diese zuerst. Ihre Wiederherstellungspunkte bleiben im Tresor.',
  detachKeep: 'Behalten',
  formName: 'Name des Tresors',
  placeHint:
    'Ein ganzer Pfad auf dem Rechner der Appliance, etwa /var/lib/vaults/main. Er wird angelegt, wenn es ihn nicht gibt.',
  look: 'Ansehen',
  lookAgain: 'Noch einmal ansehen',
  repositoryFound:
    'Dort ist schon ein Repository. Geben Sie sein Passwort an, um damit weiterzumachen: Es steht auf seinem Notfallblatt.',
  repositoryPassword: 'Passwort des Repositorys',
  make: 'Tresor anlegen',
  attach: 'Tresor anbinden',
  newText:
    'Nennen Sie einen Ordner. Er wird zuerst angesehen; angelegt wird nichts, bevor Sie gelesen haben, was gefunden wurde.',
}
