using System.Security.Cryptography;
using TriggerConsole.Core.Operations;
using TriggerConsole.Core.Operations.Backups;
using Xunit;

namespace TriggerConsole.Tests.Operations.Backups;

/// <summary>A file that is not as it was written, is refused, with words that say why.</summary>
public sealed class EncryptedBackupTests
{
    private const string Passphrase = "several plain words";
    private const int Head = 66;
    private const int Chunk = 64 * 1024;
    private const int Block = Chunk + 16;

    // Fewest that are taken, so that the tests are quick
    private const int Iterations = 210_000;

    private static readonly BackupContents s_contents = new("Sqlite", new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), new Dictionary<string, string> { ["0123"] = "key" });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Chunk)]
    [InlineData(3 * Chunk + 17)]
    public async Task Read_AsItWasWritten_GivesItBack(int length)
    {
        var plain = RandomNumberGenerator.GetBytes(length);

        var (contents, read) = await ReadAsync(await WriteAsync(plain), Passphrase);

        Assert.Equal(plain, read);
        Assert.Equal(("Sqlite", "key"), (contents.Provider, contents.MasterKeys["0123"]));
    }

    [Fact]
    public async Task Read_LastChunkIsFull_IsWholeAndNotTakenForCut()
    {
        // What the first chunk holds besides, so that the end falls on its edge
        var about = Chunk - (int)((await WriteAsync([])).Length - Head - 16);
        var file = await WriteAsync(new byte[about + Chunk]);

        Assert.Equal(Head + 2 * Block + 16, file.Length);
        Assert.Equal(about + Chunk, (await ReadAsync(file, Passphrase)).Plain.Length);
        await RefusedAsync(file[..^16], "is damaged"); // without the empty last one
    }

    [Fact]
    public async Task Write_Twice_HasNothingInCommonAndHidesItsContents()
    {
        var plain = new byte[1000];
        var (one, two) = (await WriteAsync(plain), await WriteAsync(plain));

        Assert.Equal(one[..18], two[..18]);
        Assert.True(one.Skip(18).Zip(two.Skip(18)).Count(pair => pair.First == pair.Second) < 50);
        Assert.Equal(-1, one.AsSpan().IndexOf("Sqlite"u8));
        Assert.True(EncryptedBackup.Iterations >= 210_000);
    }

    [Fact]
    public async Task Read_OtherPassphrase_SaysSo() => await RefusedAsync(await WriteAsync(new byte[10]), "another passphrase", "several plain word");

    [Theory]
    [InlineData(10)] // within the head
    [InlineData(Head)]
    [InlineData(Head + 10)]
    [InlineData(Head + Block)] // between two chunks
    [InlineData(Head + Block + 1)]
    [InlineData(Head + 2 * Block + 100)]
    public async Task Read_CutOff_IsRefused(int length) => await RefusedAsync((await WriteAsync(new byte[3 * Chunk]))[..length], "is damaged");

    [Theory]
    [InlineData(11, "is damaged")] // iterations, within what is taken or not
    [InlineData(20, "another passphrase")] // salt
    [InlineData(60, "another passphrase")]
    [InlineData(Head, "is damaged")]
    [InlineData(Head + Chunk + 3, "is damaged")] // the proof of the first chunk
    [InlineData(-1, "is damaged")]
    public async Task Read_OneByteChanged_IsRefused(int at, string reason)
    {
        var file = await WriteAsync(new byte[2 * Chunk]);
        file[at < 0 ? file.Length + at : at] ^= 0x40;
        await RefusedAsync(file, reason);
    }

    [Theory]
    [InlineData("swapped")]
    [InlineData("doubled")]
    [InlineData("missing")]
    [InlineData("longer")]
    [InlineData("of another file")]
    public async Task Read_ChunksInAnotherOrder_IsRefused(string how)
    {
        var file = await WriteAsync(RandomNumberGenerator.GetBytes(4 * Chunk));
        var other = await WriteAsync(RandomNumberGenerator.GetBytes(4 * Chunk));
        byte[] One(byte[] of, int number) => of[(Head + number * Block)..(Head + (number + 1) * Block)];
        byte[] changed = how switch
        {
            "swapped" => [.. file[..Head], .. One(file, 1), .. One(file, 0), .. file[(Head + 2 * Block)..]],
            "doubled" => [.. file[..(Head + Block)], .. One(file, 0), .. file[(Head + Block)..]],
            "missing" => [.. file[..(Head + Block)], .. file[(Head + 2 * Block)..]],
            "longer" => [.. file, .. One(file, 0)],
            _ => [.. file[..(Head + Block)], .. One(other, 1), .. file[(Head + 2 * Block)..]],
        };
        await RefusedAsync(changed, "is damaged");
    }

    [Fact]
    public async Task Read_HeadAsksForEndlessWork_IsRefusedAtOnce()
    {
        var file = await WriteAsync([]);
        (file[10], file[11], file[12], file[13]) = (0x7F, 0xFF, 0xFF, 0xFF);
        await RefusedAsync(file, "is damaged");
    }

    private static async Task<byte[]> WriteAsync(byte[] plain)
    {
        using var output = new MemoryStream();
        await EncryptedBackup.WriteAsync(new MemoryStream(plain), output, Passphrase, s_contents, Iterations, default);
        return output.ToArray();
    }

    private static async Task<(BackupContents Contents, byte[] Plain)> ReadAsync(byte[] file, string passphrase)
    {
        using var output = new MemoryStream();
        return (await EncryptedBackup.ReadAsync(new MemoryStream(file), output, passphrase, "backup", default), output.ToArray());
    }

    private static async Task RefusedAsync(byte[] file, string reason, string passphrase = Passphrase)
    {
        var refused = await Assert.ThrowsAsync<OperationRefusedException>(() => ReadAsync(file, passphrase));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains("othing was changed", refused.Message, StringComparison.Ordinal);
    }
}
