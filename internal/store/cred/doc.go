// Package cred finds the keys for a cloud's object storage, as the official
// tools of that cloud would, and keeps them fresh.
//
// The first hit wins, in this order:
//
//  1. the file that was named on the command line ([Options.File]);
//  2. environment variables, by the official names and the aliases in
//     circulation: ALIBABA_CLOUD_*, OSS_*, ALICLOUD_*; TENCENTCLOUD_*, COS_*;
//     AWS_*, MINIO_*, OBS_*;
//  3. an OIDC token exchanged for temporary keys: Aliyun's AssumeRoleWithOIDC
//     (ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN and
//     ALIBABA_CLOUD_OIDC_TOKEN_FILE or ALIBABA_CLOUD_OIDC_TOKEN) and Tencent's
//     AssumeRoleWithWebIdentity (TKE_ROLE_ARN, TKE_PROVIDER_ID, TKE_REGION and
//     TKE_WEB_IDENTITY_TOKEN_FILE or, a name of ours for CI systems that hand out
//     the token in a variable, TKE_WEB_IDENTITY_TOKEN);
//  4. the files of the official tools and libraries, or those that their
//     variables name: ~/.ossutilconfig, ~/.aliyun/config.json,
//     ~/.alibabacloud/credentials (ALIBABA_CLOUD_CREDENTIALS_FILE,
//     ALIBABA_CLOUD_PROFILE); ~/.cos.yaml, ~/.tccli/default.credential
//     (TENCENTCLOUD_CREDENTIALS_FILE); ~/.aws/credentials
//     (AWS_SHARED_CREDENTIALS_FILE, AWS_PROFILE);
//  5. the role of the cloud server this runs on, only when asked for, because
//     looking for it hangs on every other machine.
//
// A group of variables that is half set is an error that names the missing one,
// never a reason to go on to the next source: keys of another account would be
// used without anybody noticing. A variable that is set to nothing counts as
// not set.
//
// [Provider.Source] says which source won. No error, log, String or JSON of this
// package shows a key, a secret or a token.
package cred
