// Package storetest holds every store to the same behaviour and helps to test
// what is built on stores.
//
//   - [Run] is the conformance suite: what the interface in package store
//     promises, one subtest per promise. An adapter's test is a single call.
//   - [Faulty] makes one call of a store fail, and [FailEach] repeats a test
//     with each call failing in turn, in each way, until no call is left.
//   - [Recorder] remembers the calls, to assert their order.
package storetest
