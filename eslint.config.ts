// Vue files only. oxlint reads their scripts without types and their templates not at all, so the rules that need
// either live here; every other file is oxlint's.
import vue from 'eslint-plugin-vue'
import { parser, plugin } from 'typescript-eslint'

const files = ['renderer/**/*.vue']

export default [
  { ignores: ['out/**', '**/node_modules/**'] },
  ...vue.configs['flat/recommended'].map((config) => ({ ...config, files })),
  {
    files,
    plugins: { '@typescript-eslint': plugin },
    languageOptions: {
      parserOptions: {
        parser,
        projectService: true,
        extraFileExtensions: ['.vue'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      'vue/multi-word-component-names': ['error', { ignores: ['App'] }],
      // An optional property that is left out is undefined, and the compiler sees to it.
      'vue/require-default-prop': 'off',
      // Layout belongs to oxfmt.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-closing-bracket-newline': 'off',
    },
  },
]
