using System.Diagnostics;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Faults;

/// <summary>A full disk: 503 and no false 202, and everything goes on by itself when there is room again.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task DiskFull_CallersAreToldAndItRecoversWithoutRestart()
    {
        if (Environment.UserName != "root") throw new SkippedException("$XunitDynamicSkip$Only root may mount a small file system for this test.");
        var folder = Directory.CreateTempSubdirectory("tc-disk-").FullName;
        if (!await RunAsync("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder))
            throw new SkippedException("$XunitDynamicSkip$This machine does not allow a file system to be mounted.");
        try
        {
            using var server = new ServerProcess(Path.Combine(folder, "data"));
            await server.StartAsync();
            await using var ledger = await Ledger.OpenAsync(server);
            for (var i = 0; i < 50; i++) await ledger.SendAsync();
            Assert.Equal(50, ledger.Answered);

            await FillAsync(Path.Combine(folder, "filler"));
            using (var until = new CancellationTokenSource())
            {
                var load = ledger.LoadAsync(8, until.Token, padding: 20_000);
                await Eventually.TrueAsync(() => ledger.Refused > 50, "the full disk to be told");
                using var health = await server.Client.GetAsync("/health/ready");
                Assert.Equal(503, (int)health.StatusCode);
                await until.CancelAsync();
                await load;
            }
            File.Delete(Path.Combine(folder, "filler"));

            await Eventually.TrueAsync(async () => (await server.Client.GetAsync("/health/ready")).IsSuccessStatusCode, "it to recover by itself");
            var before = ledger.Answered;
            for (var i = 0; i < 50; i++) await ledger.SendAsync();
            Assert.Equal(before + 50, ledger.Answered);
            await ledger.BalanceAsync();
        }
        finally
        {
            await RunAsync("umount", folder);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task FillAsync(string path)
    {
        await using var file = File.Create(path);
        var block = new byte[64 * 1024];
        try
        {
            while (true)
            {
                await file.WriteAsync(block);
                await file.FlushAsync();
            }
        }
        catch (IOException)
        {
            // full
        }
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
