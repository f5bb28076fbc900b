package server_test

const childVariable = "CLUSTO_TEST_SERVER"

func child() int { return 0 }
