import type { Command } from 'commander'

import { oneOf, wholeFrom } from '../client-command.ts'
import { bandwidthOf, dailyRule, minutesOf, monthlyRule, weeklyRule, windowOf } from './rules.ts'

/** Adds the options by which a policy is said. */
export function policyOptions(command: Command): Command {
  return command
    .option('--daily <times>', 'every day at 22:00, or at 12:00,22:00', dailyRule)
    .option('--weekly <days@times>', 'such as sun@22:00 or mon-fri@12:00 (may be given several times)', weeklyRule)
    .option('--monthly <days@times>', 'such as 1@22:00, or -1@22:00: the last day', monthlyRule)
    .option('--every <duration>', 'again and again, such as 4h or 30m', minutesOf)
    .option('--between <times>', 'with --every: such as 08:00-18:00')
    .option('--on <days>', 'with --every: such as mon-fri')
    .option('--manual', 'only when somebody asks for it')
    .option('--time-zone <name>', "such as Europe/Berlin (default: the service's)")
    .option('--window <window>', 'begin only in it, such as mon-fri@20:00-06:00', windowOf)
    .option('--missed <what>', 'what the service was off for: run-soon or skip', oneOf('run-soon', 'skip'))
    .option('--expire-after <duration>', 'give a run up that has waited so long, such as 12h', minutesOf)
    .option('--keep-days <count>', 'keep all points of so many days', wholeFrom(1, 36_500))
    .option('--keep-weeks <count>', 'then one of each of so many weeks', wholeFrom(0, 5200))
    .option('--keep-months <count>', 'then one of each of so many months', wholeFrom(0, 1200))
    .option('--keep-years <count>', 'then one of each of so many years', wholeFrom(0, 100))
    .option('--bandwidth <limit>', 'such as mon-fri@08:00-18:00=10M, bytes a second', bandwidthOf)
    .option('--attempts <count>', 'try so often in all', wholeFrom(1, 10))
    .option('--retry-after <duration>', 'before the second attempt, such as 5m', minutesOf)
    .option('--rpo <hours>', 'alert where the newest point is older; or never', orNever(wholeFrom(1, 8784)))
    .option(
      '--verify-every <days>',
      'how often a sample is restored and compared; or never',
      orNever(wholeFrom(1, 366)),
    )
    .option('--skips-before-move <count>', 'skipped runs before another proxy takes over', wholeFrom(1, 100))
    .option('--file <file>', 'all of it as JSON, as `policy show --json` prints it; - is standard input')
}

function orNever(parse: (text: string) => number): (text: string) => number | null {
  return (text) => (text === 'never' ? null : parse(text))
}
