// Generated from pipelines/params.yaml. Starts yingzao with the step's form as its
// environment and ends as it ends; install.sh beside this file brings it here.
'use strict';
const { spawnSync } = require('child_process');
const path = require('path');

const names = [
  'YINGZAO_STAGE',
  'YINGZAO_DIR',
  'YINGZAO_CONFIG',
  'YINGZAO_TARGETS',
  'YINGZAO_VERSION',
  'YINGZAO_GOROOT',
  'YINGZAO_PROFILE',
  'YINGZAO_FAIL_ON',
  'YINGZAO_GOPROXY',
  'YINGZAO_GOPRIVATE',
  'YINGZAO_GOSUMDB',
  'YINGZAO_OFFLINE',
  'YINGZAO_REPRODUCE',
  'YINGZAO_PUBLISH_TO',
  'YINGZAO_PUBLISH_WHEN',
  'YINGZAO_BASE_URL',
  'YINGZAO_OIDC_ROLE',
  'YINGZAO_OIDC_PROVIDER',
  'YINGZAO_CACHE_DIR',
  'YINGZAO_TOOL_URL',
  'YINGZAO_TOOL_SHA256',
  'YINGZAO_TOOL_VERSION',
];
const env = { ...process.env };
for (const name of names) {
  if (!env[name]) delete env[name];
}
const install = path.join(__dirname, 'install.sh');
const script = '. "$0"; exec yingzao pipeline run "${YINGZAO_STAGE:-release}"';
const done = spawnSync('sh', ['-c', script, install], { stdio: 'inherit', env });
process.exit(done.status === null ? 1 : done.status);
