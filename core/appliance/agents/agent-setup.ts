import type { AgentSetup } from '../../contract/index.ts'

export interface WantedSetup {
  readonly agent: string
  readonly secret: string
  readonly vaultPassword: string
  /** `backup.example:8421`. */
  readonly host: string
  readonly isOpen: boolean
  /** The certificate that the door shows, in PEM. Undefined: there is none before it was open for the first time. */
  readonly certificate: string | undefined
}

/**
 * What somebody has to do on an agent's computer. Secrets stand in files that only its administrator may read, and in no
 * command line: those are seen by everybody on that computer.
 */
export function agentSetup({ agent, secret, vaultPassword, host, isOpen, certificate }: WantedSetup): AgentSetup {
  const url = `https://${host}/`
  return {
    url,
    isOpen,
    files: [
      { name: 'repository', text: `rest:https://${agent}:${secret}@${host}/\n` },
      { name: 'password', text: `${vaultPassword}\n` },
      ...(certificate === undefined ? [] : [{ name: 'ca.pem', text: certificate }]),
    ],
    guides: [
      { platform: 'linux', text: LINUX },
      { platform: 'windows', text: WINDOWS },
      { platform: 'macos', text: MACOS },
    ],
  }
}

const LINUX = `As root, with restic installed, and the files in /etc/holdfast-agent:

  install -d -m 0700 /etc/holdfast-agent
  chmod 0600 /etc/holdfast-agent/*

Try it:

  restic --repository-file /etc/holdfast-agent/repository --password-file /etc/holdfast-agent/password \\
    --cacert /etc/holdfast-agent/ca.pem backup /home /etc --exclude-caches

Every night. /etc/systemd/system/holdfast-agent.service:

  [Unit]
  Description=Backup to Holdfast
  Wants=network-online.target
  After=network-online.target

  [Service]
  Type=oneshot
  Environment=RESTIC_REPOSITORY_FILE=/etc/holdfast-agent/repository
  Environment=RESTIC_PASSWORD_FILE=/etc/holdfast-agent/password
  Environment=RESTIC_CACHE_DIR=/var/cache/holdfast-agent
  ExecStart=/usr/bin/restic --cacert /etc/holdfast-agent/ca.pem backup /home /etc --exclude-caches
  Nice=10

/etc/systemd/system/holdfast-agent.timer:

  [Unit]
  Description=Backup to Holdfast, every night

  [Timer]
  OnCalendar=*-*-* 01:00
  RandomizedDelaySec=1h
  Persistent=true

  [Install]
  WantedBy=timers.target

Then: systemctl daemon-reload && systemctl enable --now holdfast-agent.timer
`

const WINDOWS = `In a PowerShell of an administrator, with restic.exe and the files in C:\\ProgramData\\holdfast-agent:

  cd C:\\ProgramData\\holdfast-agent
  icacls . /inheritance:r /grant:r "SYSTEM:(OI)(CI)F" "Administrators:(OI)(CI)F"

Try it. --use-fs-snapshot reads open files, too:

  .\\restic.exe --repository-file repository --password-file password --cacert ca.pem backup C:\\Users --use-fs-snapshot --exclude-caches

Every night:

  $run = 'C:\\ProgramData\\holdfast-agent\\restic.exe'
  $what = '--repository-file repository --password-file password --cacert ca.pem backup C:\\Users --use-fs-snapshot --exclude-caches'
  $action = New-ScheduledTaskAction -Execute $run -Argument $what -WorkingDirectory 'C:\\ProgramData\\holdfast-agent'
  $trigger = New-ScheduledTaskTrigger -Daily -At 1am -RandomDelay (New-TimeSpan -Hours 1)
  $settings = New-ScheduledTaskSettingsSet -StartWhenAvailable
  Register-ScheduledTask -TaskName 'Holdfast agent' -Action $action -Trigger $trigger -Settings $settings -User SYSTEM -RunLevel Highest
`

const MACOS = `As root (sudo -s), with restic installed (brew install restic) and allowed full disk access, and the files in
/etc/holdfast-agent:

  chmod 0700 /etc/holdfast-agent && chmod 0600 /etc/holdfast-agent/*

Try it:

  restic --repository-file /etc/holdfast-agent/repository --password-file /etc/holdfast-agent/password \\
    --cacert /etc/holdfast-agent/ca.pem backup /Users --exclude-caches

Every night. /Library/LaunchDaemons/holdfast-agent.plist:

  <?xml version="1.0" encoding="UTF-8"?>
  <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
  <plist version="1.0"><dict>
    <key>Label</key><string>holdfast-agent</string>
    <key>ProgramArguments</key><array>
      <string>/opt/homebrew/bin/restic</string>
      <string>--repository-file</string><string>/etc/holdfast-agent/repository</string>
      <string>--password-file</string><string>/etc/holdfast-agent/password</string>
      <string>--cacert</string><string>/etc/holdfast-agent/ca.pem</string>
      <string>backup</string><string>/Users</string><string>--exclude-caches</string>
    </array>
    <key>StartCalendarInterval</key><dict><key>Hour</key><integer>1</integer><key>Minute</key><integer>0</integer></dict>
  </dict></plist>

Then: launchctl bootstrap system /Library/LaunchDaemons/holdfast-agent.plist
`
