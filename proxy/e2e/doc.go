// Package e2e runs `yingzao proxy serve` as it is: the built program as a process of
// its own, the stock go command as its client, mirrors and repositories on the
// loopback interface. It has tests alone, about what no package can show by itself.
//
// README.md is the table of everything that may go wrong, P1 to P27, with the
// outcome and the test that shows it; a test here holds it to the tests that exist.
//
// Tests that take long, or change what a machine allows only to root, ask for the
// variable YINGZAO_E2E; without it they do less or skip with the reason. With
// YINGZAO_E2E=require what cannot be shown fails.
package e2e
