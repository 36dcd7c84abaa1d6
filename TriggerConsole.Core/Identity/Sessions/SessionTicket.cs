using System.Buffers.Text;
using System.Security.Cryptography;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Identity.Sessions;

/// <summary>What the cookie says of its session: id, and a secret of which the table holds a hash.</summary>
internal readonly record struct SessionTicket(Guid Id, string Secret)
{
    private const int IdLength = 32;

    public static SessionTicket New(DateTimeOffset now) => new(Uuid7.New(now), Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    public byte[] Hash => RandomToken.Hash(Secret);

    public static bool TryParse(string? text, out SessionTicket ticket)
    {
        ticket = default;
        if (text is not { Length: > IdLength + 1 and < 200 } || text[IdLength] != '.' || !Guid.TryParseExact(text.AsSpan(0, IdLength), "N", out var id)) return false;
        ticket = new(id, text[(IdLength + 1)..]);
        return true;
    }

    public override string ToString() => $"{Id:N}.{Secret}";
}
