/** How often each scene is killed: few of them in every run of the tests, a hundred of them (HOLDFAST_KILL_ROUNDS=100) before a release. */
export const KILLS = Number(process.env['HOLDFAST_KILL_ROUNDS'] ?? 20)
