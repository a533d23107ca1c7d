/** Why a run is in its state, for programs and for people. `code` is stable. */
export interface Cause {
  readonly code: string
  readonly text: string
  /** What a person can do next, where there is something. */
  readonly remedy?: string | undefined
}

/** Causes that need nothing of their own. */
export const CAUSES = {
  asked: { code: 'asked', text: 'A person asked for it.' },
  scheduled: { code: 'scheduled', text: 'Its time has come.' },
  upkeep: { code: 'upkeep', text: 'The appliance does this by itself from time to time.' },
  begun: { code: 'begun', text: 'It is being carried out.' },
  done: { code: 'done', text: 'All of it was done.' },
  window: { code: 'window', text: 'It waits for the next window of its policy.' },
  limit: { code: 'limit', text: 'It waits until other runs have ended: only so many go on at the same time.' },
  limitSource: { code: 'limit-source', text: 'It waits until another run of the same source has ended.' },
  limitVault: { code: 'limit-vault', text: 'It waits until another run on the same vault has ended.' },
  limitRestores: {
    code: 'limit-restores',
    text: 'It waits until another restore has ended: only so many go on at the same time.',
  },
  sameSet: { code: 'same-set', text: 'It waits until the run before it of the same backup set has ended.' },
  restore: { code: 'restore', text: 'It waits until a restore of the same source has ended.' },
  exclusive: { code: 'exclusive', text: 'It waits until nothing else uses the vault.' },
  sameKind: { code: 'same-kind', text: 'It waits until another run that does the same to the vault has ended.' },
  stopping: { code: 'stopping', text: 'The appliance is being stopped, and this run with it.' },
  expired: {
    code: 'expired',
    text: 'It waited for longer than its policy allows.',
    remedy: 'The next one comes by the schedule. To have it now, back up by hand.',
  },
  interrupted: {
    code: 'interrupted',
    text: 'The appliance ended while this was carried out.',
    remedy: 'What was stored so far is safe, and is not stored again. Do it again if it is still wanted.',
  },
  ended: {
    code: 'ended',
    text: 'The process of this run was told to end by something outside.',
    remedy: 'What was stored so far is safe, and is not stored again. Do it again if it is still wanted.',
  },
  lost: {
    code: 'lost',
    text: 'What came of this could not be written down when it ended.',
    remedy: 'Look for a full or failing disk below the data folder of the appliance.',
  },
  rebooted: {
    code: 'rebooted',
    text: 'The computer was restarted while this was carried out.',
    remedy: 'The next one comes by the schedule (GEN-18). To have it now, back up by hand.',
  },
  found: {
    code: 'found',
    text: 'It broke off before its end could be noted: what it had done was found to be complete.',
  },
} as const satisfies Readonly<Record<string, Cause>>
