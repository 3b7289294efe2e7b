#define DESCRIPTION \
    "{\n" \
    "  \"name\": \"acme-usage\",\n" \
    "  \"version\": \"0.1.0\",\n" \
    "  \"abi\": \"1.0\",\n" \
    "  \"summary\": \"Space and files of a directory\",\n" \
    "  \"doc\": \"Walks a directory and counts its files and the space they take. Symbolic links are not followed.\",\n" \
    "  \"runtime\": \"go\",\n" \
    "  \"order\": \"scan\",\n" \
    "  \"needs\": { \"caps\": [\"CAP_DAC_READ_SEARCH\"] },\n" \
    "  \"reads\": [\"the entries below the configured directory, not the content of its files\"],\n" \
    "  \"effects\": [\"reads directories, which the kernel then keeps in its caches\"],\n" \
    "  \"outputs\": [\n" \
    "    {\n" \
    "      \"name\": \"metrics\",\n" \
    "      \"media_type\": \"application/openmetrics-text; version=1.0.0; charset=utf-8\",\n" \
    "      \"sensitivity\": \"none\",\n" \
    "      \"max_bytes\": 4096\n" \
    "    }\n" \
    "  ],\n" \
    "  \"config_schema\": {\n" \
    "    \"type\": \"object\",\n" \
    "    \"additionalProperties\": false,\n" \
    "    \"required\": [\"path\"],\n" \
    "    \"properties\": {\n" \
    "      \"path\": {\n" \
    "        \"type\": \"string\",\n" \
    "        \"pattern\": \"^/\",\n" \
    "        \"maxLength\": 4000,\n" \
    "        \"description\": \"The directory to walk, from the root\"\n" \
    "      }\n" \
    "    }\n" \
    "  },\n" \
    "  \"examples\": [{ \"path\": \"/tmp\" }]\n" \
    "}\n" \

