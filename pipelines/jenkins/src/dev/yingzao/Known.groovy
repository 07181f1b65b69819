// Generated from params.yaml; change it there.
package dev.yingzao

/** The parameters by their names in Groovy. */
class Known implements Serializable {
    private static final long serialVersionUID = 1L

    /** The variable that carries each parameter. */
    static final Map<String, String> VARIABLES = [
        dir: 'YINGZAO_DIR',
        config: 'YINGZAO_CONFIG',
        targets: 'YINGZAO_TARGETS',
        version: 'YINGZAO_VERSION',
        goroot: 'YINGZAO_GOROOT',
        profile: 'YINGZAO_PROFILE',
        failOn: 'YINGZAO_FAIL_ON',
        goproxy: 'YINGZAO_GOPROXY',
        goprivate: 'YINGZAO_GOPRIVATE',
        gosumdb: 'YINGZAO_GOSUMDB',
        offline: 'YINGZAO_OFFLINE',
        reproduce: 'YINGZAO_REPRODUCE',
        publishTo: 'YINGZAO_PUBLISH_TO',
        publishWhen: 'YINGZAO_PUBLISH_WHEN',
        baseUrl: 'YINGZAO_BASE_URL',
        oidcRole: 'YINGZAO_OIDC_ROLE',
        oidcProvider: 'YINGZAO_OIDC_PROVIDER',
        credentialsId: 'YINGZAO_CREDENTIALS_ID',
        runner: 'YINGZAO_RUNNER',
        runners: 'YINGZAO_RUNNERS',
        cacheDir: 'YINGZAO_CACHE_DIR',
        toolUrl: 'YINGZAO_TOOL_URL',
        toolSha256: 'YINGZAO_TOOL_SHA256',
        toolVersion: 'YINGZAO_TOOL_VERSION',
    ]

    /** Defaults, of those that have one. */
    static final Map<String, String> DEFAULTS = [
        dir: '.',
        profile: 'ci',
        failOn: 'error',
        offline: 'false',
        publishWhen: 'tag',
        cacheDir: '.cache/yingzao',
    ]
}
