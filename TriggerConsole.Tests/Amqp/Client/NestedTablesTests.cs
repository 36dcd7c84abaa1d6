using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeAmqpBytes;

namespace TriggerConsole.Tests.Amqp.Client;

/// <summary>
/// Tables nested 20,000 deep, 140 KB, overflow the stack of RabbitMQ.Client 7.1.2, and a stack that overflows ends the process, before
/// any login. So the connecting side is a process of its own: with the guard it lives; without, it dies, which shows that this can fail.
/// </summary>
[Collection(nameof(Alone))]
public sealed class NestedTablesTests
{
    private const int Depth = 20_000;
    private const int Aborted = 134; // 128 and SIGABRT

    [Theory]
    [InlineData("greeting", false, 1_000_000), InlineData("greeting", true, 1_000_000), InlineData("greeting", false, 1000), InlineData("greeting", true, 4096)]
    [InlineData("return", false, 1_000_000), InlineData("return", true, 1_000_000), InlineData("return", false, 1000)]
    [InlineData("greeting after tune", false, 1_000_000)]
    public async Task Process_WithTheGuard_Lives(string where, bool arrays, int piece)
    {
        var (exitCode, output) = await RunAsync(where, Depth, arrays, piece, isGuarded: true);

        Assert.Equal(0, exitCode);
        Assert.StartsWith("Protocol: ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("greeting", false), InlineData("greeting", true), InlineData("return", false), InlineData("return", true)]
    public async Task Process_WithTheGuardInAFrameOfAllowedSize_Lives(string where, bool arrays)
    {
        // As deep as 64 KiB can be
        var (exitCode, output) = await RunAsync(where, arrays ? 13_000 : 9_300, arrays, 1_000_000, isGuarded: true);

        Assert.Equal(0, exitCode);
        Assert.Contains("nested more than", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("greeting", false, 1_000_000), InlineData("greeting", true, 1_000_000), InlineData("greeting", false, 1000)]
    [InlineData("return", false, 1_000_000), InlineData("return", true, 1_000_000)]
    public async Task Process_WithoutTheGuard_Dies(string where, bool arrays, int piece)
    {
        var (exitCode, output) = await RunAsync(where, Depth, arrays, piece, isGuarded: false);

        Assert.Equal(Aborted, exitCode);
        Assert.Contains("Stack overflow", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_WithoutTheGuardAndWithoutHarm_Lives()
    {
        var (exitCode, output) = await RunAsync("return", 3, arrays: false, 1_000_000, isGuarded: false);

        Assert.Equal(0, exitCode);
        Assert.Contains("The connection ended.", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string where, int depth, bool arrays, int piece, bool isGuarded)
    {
        var table = Nested(depth, arrays);
        await using var server = FakeAmqpConnection.Listen(async connection =>
        {
            await connection.PlayAsync(where switch { "greeting" => FakeAmqpStage.Header, "greeting after tune" => FakeAmqpStage.Tuned, _ => FakeAmqpStage.Connected });
            if (where == "return") await connection.ExpectPublishAsync();
            byte[] bytes = where == "return" ? [.. Return(1, "", "k"), .. ContentHeader(1, 0, table)] : Start(table);
            foreach (var part in bytes.Chunk(piece)) await connection.SendAsync(part);
            if (!isGuarded && where == "return") await connection.SendAsync(ConnectionClose(320, "CONNECTION_FORCED"));
            await connection.Raw.HangAsync();
        });
        return await ChildMain.RunAsync(nameof(NestedTables), $"{server.Port}", $"{isGuarded}");
    }
}
