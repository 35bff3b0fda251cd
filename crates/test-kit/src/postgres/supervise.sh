# Runs a private PostgreSQL for a test, and ends it when the test is gone.
#
# Standard input is a pipe that the test process holds. However that process ends, even by SIGKILL, the pipe closes;
# then `read` returns, the server is stopped and its folder removed.
#
# Arguments: FOLDER PORT INITDB PG_CTL
folder=$1 port=$2 initdb=$3 pg_ctl=$4

end() {
    "$pg_ctl" -D "$folder/data" -m immediate -w stop </dev/null >/dev/null 2>&1
    cd /
    rm -rf "$folder"
    exit
}

# Durability is of no use to a test, and costs most of its time.
"$initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync </dev/null >>"$folder/start.log" 2>&1 &&
"$pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -t 60 -o "\
    -c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='' -c max_connections=200 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c log_statement=all -c log_line_prefix=@%d@ -c log_parameter_max_length=0 \
    -c log_min_error_statement=panic -c lc_messages=C \
    " start </dev/null >>"$folder/start.log" 2>&1

if [ $? -eq 0 ]; then
    echo ready
else
    echo failed
fi
read -r _
end
