namespace TriggerConsole.Core.Secrets;

/// <summary>Makes maskers, and keeps the last one: the secrets of a trigger seldom change from one attempt to the next. Safe to use from several threads.</summary>
internal sealed class MaskerCache
{
    private volatile Cached _last = new([], SecretMasker.None);

    public SecretMasker For(List<string> secrets)
    {
        if (secrets.Count == 0) return SecretMasker.None;
        var last = _last;
        if (secrets.SequenceEqual(last.Secrets)) return last.Masker;
        var masker = SecretMasker.For(secrets);
        _last = new([.. secrets], masker);
        return masker;
    }

    private sealed record Cached(string[] Secrets, SecretMasker Masker);
}
