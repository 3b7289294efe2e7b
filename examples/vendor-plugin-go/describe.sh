# Prints plugin.json as a text of C; `go generate` makes description.h of it.
printf '%s\n' '#define DESCRIPTION \'
sed 's/[\\"]/\\&/g; s/.*/    "&\\n" \\/' plugin.json
echo
