using System.Diagnostics;

namespace TriggerConsole.Tests.Testing;

/// <summary>TriggerConsole run with a command instead of serving, to its end.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    /// <param name="settings">Configuration, by the environment.</param>
    public static async Task<CommandRun> StartAsync(Dictionary<string, string?> settings, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [ServerProcess.Program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(ServerProcess.Program),
        };
        foreach (var (key, value) in settings) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        using var process = ChildProcesses.Start(start);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return new(process.ExitCode, await output, await error);
    }

    /// <summary>Of a database in a folder.</summary>
    public static Dictionary<string, string?> At(string folder) => new() { ["Database:Directory"] = folder, ["Egress:AllowedNetworks:0"] = "127.0.0.0/8" };
}
