using System.Diagnostics;
using System.Text;

namespace TriggerConsole.Tests.Testing;

/// <summary>A shell script that has ended, with all it said.</summary>
internal sealed record ShellRun(int ExitCode, string Output)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    public static async Task<ShellRun> StartAsync(string shell, string script, Dictionary<string, string> environment)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script);
        try
        {
            var start = new ProcessStartInfo(shell, [file]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var (name, value) in environment) start.Environment[name] = value;
            var output = new StringBuilder();
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            process.OutputDataReceived += Note;
            process.ErrorDataReceived += Note;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            using var soon = new CancellationTokenSource(s_limit);
            try
            {
                await process.WaitForExitAsync(soon.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
                lock (output) output.AppendLine($"It had not ended after {s_limit.TotalSeconds:0} s.");
            }
            lock (output) return new(process.ExitCode, output.ToString());

            void Note(object sender, DataReceivedEventArgs line)
            {
                if (line.Data is null) return;
                lock (output) output.AppendLine(line.Data);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
