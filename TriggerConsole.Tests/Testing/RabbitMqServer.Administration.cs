using System.Diagnostics;
using System.Globalization;

namespace TriggerConsole.Tests.Testing;

/// <summary>
/// What an administrator does. Each call starts Erlang anew, which takes two seconds, so the parts are expressions to be put together:
/// <c>await server.EvalAsync(AddVirtualHost("v"), AddUser("u", "p"), Permit("u", "v"))</c>.
/// </summary>
public sealed partial class RabbitMqServer
{
    public static string AddVirtualHost(string name) => $"rabbit_vhost:add({Text(name)}, {Text("test")})";

    public static string DeleteVirtualHost(string name) => $"rabbit_vhost:delete({Text(name)}, {Text("test")})";

    public static string AddUser(string name, string password) => $"rabbit_auth_backend_internal:add_user({Text(name)}, {Text(password)}, {Text("test")})";

    /// <summary>Regular expressions of what it may configure, write and read.</summary>
    public static string Permit(string user, string virtualHost = "/", string configure = ".*", string write = ".*", string read = ".*")
        => $"rabbit_auth_backend_internal:set_permissions({Text(user)}, {Text(virtualHost)}, {Text(configure)}, {Text(write)}, {Text(read)}, {Text("test")})";

    /// <summary>At most so many connections to a virtual host; -1: any number.</summary>
    public static string LimitConnections(string virtualHost, int most)
        => string.Create(CultureInfo.InvariantCulture, $"rabbit_vhost_limit:parse_set({Text(virtualHost)}, {Text($"{{\"max-connections\":{most}}}")}, {Text("test")})");

    /// <param name="pattern">Regular expression of the names of queues and exchanges.</param>
    /// <param name="definition">As JSON: <c>{"max-length":1}</c>.</param>
    public static string SetPolicy(string name, string pattern, string definition, string virtualHost = "/")
        => $"rabbit_policy:parse_set({Text(virtualHost)}, {Text(name)}, {Text(pattern)}, {Text(definition)}, {Text("0")}, {Text("all")}, {Text("test")})";

    /// <summary>An exchange to which only other exchanges may publish; RabbitMQ's own client cannot declare one.</summary>
    public static string AddInternalExchange(string name, string virtualHost = "/")
        => $"rabbit_exchange:declare(rabbit_misc:r({Text(virtualHost)}, exchange, {Text(name)}), direct, true, false, true, [], {Text("test")})";

    /// <summary>On: memory is short at once, and publishers are blocked. Off: as it was.</summary>
    public static string MemoryAlarm(bool isOn) => $"vm_memory_monitor:set_vm_memory_high_watermark({(isOn ? "0.0001" : "0.4")})";

    /// <summary>
    /// Before a kill: what was declared is on the disk for good. RabbitMQ writes a declaration before it answers, but Mnesia's mark that
    /// it counts only up to two seconds later; killed in between, it starts again without the queue, and with it goes what was confirmed.
    /// </summary>
    public static string SaveDeclarations => "mnesia:sync_log()";

    public static string CloseAllConnections(string reason) => $"[rabbit_networking:close_connection(Pid, \"{reason}\") || Pid <- rabbit_networking:connections()]";

    /// <summary>Erlang expressions, one after the other, in the broker; what the last one gave.</summary>
    public Task<string> EvalAsync(params string[] expressions) => ControlAsync("eval", string.Join(", ", expressions) + ".");

    /// <summary>rabbitmqctl.</summary>
    public async Task<string> ControlAsync(params string[] arguments)
    {
        await EnsureStartedAsync();
        var start = new ProcessStartInfo(Path.Combine(s_folder!, "rabbitmqctl"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        using var process = ChildProcesses.Start(start);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Eventually.Limit);
        ChildProcesses.Kill(process); // it has ended: only forgotten
        return process.ExitCode == 0 && !(await output).Contains("{error", StringComparison.Ordinal) ? (await output).Trim() : throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output} {await errors}");
    }

    private static string Text(string text) => $"<<\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"/utf8>>";
}
