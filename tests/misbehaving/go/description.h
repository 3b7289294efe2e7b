/* What bridge.c, that of examples/vendor-plugin-go, puts into the note and the table. */
#define DESCRIPTION                                                                              \
    "{\"name\":\"go-plugin\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"runtime\":\"go\","          \
    "\"summary\":\"The Go runtime of this plugin, counted by itself\","                          \
    "\"config_schema\":{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"     \
    "\"panic\":{\"enum\":[\"never\",\"caught\",\"goroutine\"],\"default\":\"never\"}}}}"
