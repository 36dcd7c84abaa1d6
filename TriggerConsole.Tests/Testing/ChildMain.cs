using System.Globalization;
using TriggerConsole.Tests.Amqp.Client;

namespace TriggerConsole.Tests.Testing;

/// <summary>
/// This assembly as a program of its own, for what may end the process in which it runs: <c>dotnet TriggerConsole.Tests.dll NAME …</c>.
/// The test runner does not come by here.
/// </summary>
internal static class ChildMain
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    /// <summary>Runs one of the programs below; its exit code and what it printed.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var process = ChildProcesses.Start(new("dotnet", [typeof(ChildMain).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_DbgEnableMiniDump"] = "0" },
        });
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(s_limit);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            ChildProcesses.Kill(process);
        }
    }

    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case [nameof(NestedTables), var port, var isGuarded]:
                await NestedTables.MeetAsync(int.Parse(port, CultureInfo.InvariantCulture), bool.Parse(isGuarded));
                return 0;
            default:
                await Console.Error.WriteLineAsync("These are tests; run them with ./test.sh.");
                return 2;
        }
    }
}
