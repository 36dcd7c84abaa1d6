using TriggerConsole.Tests.Testing;
using Xunit;
using Xunit.Abstractions;

namespace TriggerConsole.Tests.Faults;

/// <summary>
/// The promise that what was answered 202 is never lost, kept against SIGKILL at random moments under load.
/// <c>./test.sh campaign</c> kills two hundred times.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Senders = 16;

    [Fact]
    public Task Kill_TwentyTimesUnderLoad_LosesNothing() => KillAsync(20);

    [Campaign]
    public Task Kill_TwoHundredTimesUnderLoad_LosesNothing() => KillAsync(200);

    [Fact]
    public async Task Stop_UnderLoad_LosesNothingAndUsesNoAttempt()
    {
        var folder = Directory.CreateTempSubdirectory("tc-stop-").FullName;
        try
        {
            using var server = new ServerProcess(folder);
            await server.StartAsync();
            await using var ledger = await Ledger.OpenAsync(server, retry: new { maxAttempts = 1 }); // one attempt: a second one would be seen
            for (var round = 0; round < 3; round++)
            {
                using var until = new CancellationTokenSource();
                var load = ledger.LoadAsync(Senders, until.Token);
                var before = ledger.Answered;
                await Eventually.TrueAsync(() => ledger.Answered > before + 200, "load");
                await server.StopAsync();
                await until.CancelAsync();
                await load;
                await server.StartAsync();
            }
            await ledger.BalanceAsync();
            var dead = await server.Client.GetStringAsync("/api/executions?status=DeadLettered");
            Assert.Contains("\"items\":[]", dead, StringComparison.Ordinal);
            output.WriteLine($"{ledger.Answered} accepted, none lost.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task KillAsync(int times)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var folder = Directory.CreateTempSubdirectory("tc-kill-").FullName;
        try
        {
            using var server = new ServerProcess(folder);
            await server.StartAsync();
            await using var ledger = await Ledger.OpenAsync(server);
            for (var i = 0; i < times; i++)
            {
                using var until = new CancellationTokenSource();
                var load = ledger.LoadAsync(Senders, until.Token);
                var goal = ledger.Answered + random.Next(20, 400); // a random instant that does not depend on the speed of the machine
                await Eventually.TrueAsync(() => ledger.Answered >= goal, "load");
                server.Kill();
                await until.CancelAsync();
                await load;
                await server.StartAsync();
            }
            await ledger.BalanceAsync();
            Assert.True(ledger.Answered >= times * 20);
            output.WriteLine($"{times} kills (seed {seed}): {ledger.Answered} accepted, none lost.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
