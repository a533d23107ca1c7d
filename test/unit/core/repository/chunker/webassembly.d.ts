// oxlint-disable-next-line typescript/triple-slash-reference -- global declarations do not come with a project reference
/// <reference path="../../../../../core/base/webassembly.d.ts" />
