import './main.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'

import { CLIENT, createClient, createLiveBus, LIVE_BUS } from '../client/index.ts'
import { useSession } from '../modules/session/session-store.ts'
import { chooseLanguage, openI18n, speak } from '../shared/i18n/index.ts'
import App from './App.vue'
import { installIcons } from './icons/install-icons.ts'
import { LANGUAGE_KEY } from './language.ts'
import { openRouter } from './router.ts'

await start()

async function start(): Promise<void> {
  const i18n = openI18n()
  await speak(i18n, chooseLanguage(localStorage.getItem(LANGUAGE_KEY), navigator.languages))
  installIcons()
  const pinia = createPinia()
  const bus = createLiveBus()
  const client = createClient(location, { onSignedOut: () => void useSession(pinia).expire() })
  createApp(App, { bus, i18n })
    .provide(CLIENT, client)
    .provide(LIVE_BUS, bus)
    .use(pinia)
    .use(i18n)
    .use(openRouter())
    .mount('#app')
}
