// Package upkeep is what somebody does with a proxy's files beside serving them:
// carries them across an air gap ([Export], [Import]), reads every byte again and
// mends what is wrong ([Check]), tells where a file came from and what a client
// would get ([Explain]), and asks the mirrors how they are ([Probe]).
//
// Each takes the configuration that the server takes and composes the same parts of
// it (server.Assemble), so that routes, blocks, pins and proofs are the server's. A
// proxy may be running on the same cache all the while.
//
// # Rules
//
//   - What changes nothing opens the cache for reading alone: Check without Mend or
//     Collect, and Explain.
//   - Check without Mend, and Explain unless it is told to, ask nobody: neither
//     mirrors nor databases. Check reads the bucket, for that is what it checks;
//     Explain does not.
//   - What Mend takes out of the bucket was copied within it before.
//   - Whatever comes in is proven as if a server had fetched it, strictly.
//   - No secret is in any result: addresses come without user names and passwords.
package upkeep
