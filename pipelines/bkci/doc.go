// Package bkci speaks the protocol of BlueKing (蓝盾, bk-ci) plug-ins, so that the
// yingzao binary is itself the plug-in.
//
// BlueKing starts a plug-in in a folder of its own and talks to it by files in
// $bk_data_dir:
//
//	.sdk.json             how the agent talks to its server, with its token; a
//	                      plug-in has to delete it, and this one does not read it
//	$bk_data_input        the inputs of task.json and facts about the pipeline, all
//	                      of them strings in one object; input.json by default
//	$bk_data_output       what the plug-in leaves: status, message, data for later
//	                      steps; output.json by default
//
// and by the exit code: 0 success, 1 failure, 2 error.
//
// The shape is that of the published Go SDK, which is not used: its start-up code
// ends the process outside of BlueKing.
package bkci
