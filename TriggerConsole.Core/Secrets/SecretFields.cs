using System.Buffers;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Secrets;

/// <summary>A part of settings whose secret fields count only under some other choice: the password only for basic sign-in.</summary>
internal interface ISecretHolder
{
    /// <summary>Whether the secret field (<c>Password</c>) is in use as things are; one that is not is neither kept nor shown.</summary>
    bool Uses(string property);
}

/// <summary>
/// What is done with fields marked <see cref="SecretFieldAttribute"/>, in settings records of any kind, nested ones included
/// (not inside lists: an index is no safe name for a secret). A field is named by its path in JSON: <c>auth.password</c>.
/// <para>A value that is nothing but one placeholder, <c>{secret:NAME}</c>, names a secret and is none: it is stored and shown as
/// it is. Null means "left out", the empty string means "none".</para>
/// </summary>
internal static class SecretFields
{
    private const string PlaceholderStart = "{secret:";

    private static readonly ConcurrentDictionary<Type, SecretField[]> s_fields = new();
    private static readonly SearchValues<char> s_nameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    /// <summary>The secrets that these settings carry, by path: what is stored encrypted.</summary>
    public static Dictionary<string, string> Extract(object settings)
    {
        var secrets = new Dictionary<string, string>();
        foreach (var field in FieldsOf(settings.GetType()))
            if (field.Read(settings) is { } value && !IsPlaceholder(value) && field.IsUsed(settings)) secrets.Add(field.Path, value);
        return secrets;
    }

    /// <summary>The settings with these secrets put in. Paths they do not have are ignored: a field may have gone with a new version.</summary>
    public static T Apply<T>(T settings, IReadOnlyDictionary<string, string> secrets)
        where T : class
    {
        foreach (var field in FieldsOf(settings.GetType()))
            if (secrets.TryGetValue(field.Path, out var value)) settings = (T)field.With(settings, value);
        return settings;
    }

    /// <summary>The new settings with every secret field that they leave out taken from the old ones.</summary>
    public static T KeepMissing<T>(T settings, T old)
        where T : class
    {
        if (settings.GetType() != old.GetType()) return settings;
        foreach (var field in FieldsOf(settings.GetType()))
        {
            if (field.Read(settings) is null && field.IsUsed(settings) && field.Read(old) is { } value && field.IsUsed(old))
                settings = (T)field.With(settings, value);
        }
        return settings;
    }

    /// <summary>
    /// The same under the rule that a stored secret goes where it was entered for, and nowhere else: else who may edit could have it
    /// sent to himself. When the destination is another one, each secret that is left out is a fault.
    /// </summary>
    public static T KeepFor<T>(T settings, T old, bool isSameDestination, FieldErrors errors)
        where T : class
    {
        var kept = KeepMissing(settings, old);
        if (isSameDestination) return kept;
        foreach (var path in Extract(kept).Keys.Except(Extract(settings).Keys))
            errors.Add(path, "Enter this again: the address changed to another host, or to another proof of who it is, and a stored secret is only sent to the one it was entered for.");
        return kept;
    }

    /// <summary>The settings without the secrets at these paths.</summary>
    public static T Remove<T>(T settings, IReadOnlyCollection<string> paths)
        where T : class
    {
        foreach (var field in FieldsOf(settings.GetType()))
            if (paths.Contains(field.Path)) settings = (T)field.With(settings, null);
        return settings;
    }

    /// <summary>Every path at which settings of this type can carry a secret.</summary>
    public static IReadOnlyList<string> PathsOf(Type type) => [.. FieldsOf(type).Select(f => f.Path)];

    /// <summary>JSON for the database: without secrets, which are stored apart (<see cref="Extract"/>).</summary>
    public static string Without(object settings) => JsonSerializer.Serialize(settings, settings.GetType(), Json.Stored);

    /// <summary>
    /// JSON for answers: each secret field is null, and <c>hasPassword</c> beside it tells whether there is one. Sent back in a
    /// PUT the <c>has…</c> fields are read and ignored (<see cref="IgnoreMarks"/>).
    /// </summary>
    public static JsonElement ToPublicJson(object settings) => JsonSerializer.SerializeToElement(settings, settings.GetType(), Json.Public);

    /// <summary>Whether the value is exactly one <c>{secret:NAME}</c>.</summary>
    public static bool IsPlaceholder(string value) => NameIn(value) is not null;

    /// <summary>The name, when the value is exactly one <c>{secret:NAME}</c>; else null.</summary>
    public static string? NameIn(string value)
        => value.StartsWith(PlaceholderStart, StringComparison.Ordinal) && value.EndsWith('}')
            && value[PlaceholderStart.Length..^1] is { Length: > 0 and <= Secret.MaxNameLength } name
            && !name.AsSpan().ContainsAnyExcept(s_nameCharacters) ? name : null;

    /// <summary>For <see cref="CoreJson"/>: lets <c>has…</c> of secret fields pass when JSON is read, without any effect.</summary>
    public static void IgnoreMarks(JsonTypeInfo type)
    {
        foreach (var property in SecretPropertiesOf(type))
        {
            var mark = type.CreateJsonPropertyInfo(typeof(bool?), MarkOf(property.Name));
            mark.Set = static (_, _) => { };
            AddMark(type, mark);
        }
    }

    private static void ShowMarks(JsonTypeInfo type)
    {
        foreach (var property in SecretPropertiesOf(type))
        {
            var read = property.Get!;
            var name = ((PropertyInfo)property.AttributeProvider!).Name;
            var mark = type.Properties.FirstOrDefault(p => p.Name == MarkOf(property.Name));
            if (mark is null) AddMark(type, mark = type.CreateJsonPropertyInfo(typeof(bool?), MarkOf(property.Name)));
            mark.Get = holder => IsUsed(holder, name) && read(holder) is string { Length: > 0 } value && !IsPlaceholder(value);
            property.Get = holder => IsUsed(holder, name) && read(holder) is string value && IsPlaceholder(value) ? value : null;
            // A field that does not belong to the choice made has nothing to say
            property.ShouldSerialize = (holder, _) => IsUsed(holder, name);
            mark.ShouldSerialize = (holder, _) => IsUsed(holder, name);
        }
    }

    private static void LeaveOutSecrets(JsonTypeInfo type)
    {
        foreach (var property in SecretPropertiesOf(type))
            property.ShouldSerialize = static (_, value) => value is string text && IsPlaceholder(text);
    }

    private static void AddMark(JsonTypeInfo type, JsonPropertyInfo mark)
    {
        if (type.Properties.Any(p => p.Name == mark.Name))
            throw new InvalidOperationException($"{type.Type.Name} has a member {mark.Name}: that name belongs to the mark of its secret field. Rename it.");
        type.Properties.Add(mark);
    }

    private static List<JsonPropertyInfo> SecretPropertiesOf(JsonTypeInfo type)
        => type.Kind != JsonTypeInfoKind.Object ? [] : [.. type.Properties.Where(p => p.AttributeProvider?.IsDefined(typeof(SecretFieldAttribute), inherit: true) == true)];

    // hasPassword for password
    private static string MarkOf(string name) => "has" + char.ToUpperInvariant(name[0]) + name[1..];

    private static bool IsUsed(object holder, string property) => holder is not ISecretHolder choosy || choosy.Uses(property);

    private static SecretField[] FieldsOf(Type type) => s_fields.GetOrAdd(type, static t => [.. SecretField.Find(t, [])]);

    // Apart, because CoreJson names this class while it is being made
    private static class Json
    {
        public static readonly JsonSerializerOptions Public = WithModifier(ShowMarks);
        public static readonly JsonSerializerOptions Stored = WithModifier(LeaveOutSecrets);

        private static JsonSerializerOptions WithModifier(Action<JsonTypeInfo> modifier)
        {
            var options = new JsonSerializerOptions(CoreJson.Options);
            options.TypeInfoResolver = options.TypeInfoResolver!.WithAddedModifier(modifier);
            return options;
        }
    }

    /// <summary>The way from the settings to one secret field.</summary>
    private sealed class SecretField(PropertyInfo[] way)
    {
        public string Path { get; } = string.Join('.', way.Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)));

        public static IEnumerable<SecretField> Find(Type type, PropertyInfo[] way)
        {
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                PropertyInfo[] further = [.. way, property];
                if (property.IsDefined(typeof(SecretFieldAttribute), inherit: true)) yield return new(further);
                else if (IsRecord(property.PropertyType) && !way.Any(p => p.PropertyType == property.PropertyType))
                    foreach (var field in Find(property.PropertyType, further)) yield return field;
            }
        }

        public string? Read(object settings) => HolderIn(settings) is { } holder ? (string?)way[^1].GetValue(holder) : null;

        public bool IsUsed(object settings) => HolderIn(settings) is { } holder && SecretFields.IsUsed(holder, way[^1].Name);

        /// <summary>A copy with the value put in; the same settings when a part on the way is null.</summary>
        public object With(object settings, string? value) => HolderIn(settings) is null ? settings : With(settings, 0, value);

        private object With(object part, int step, string? value)
        {
            var copy = CloneMethodOf(part.GetType())!.Invoke(part, null)!;
            // Reflection may set init-only properties, and nobody else has the copy yet
            way[step].SetValue(copy, step == way.Length - 1 ? value : With(way[step].GetValue(part)!, step + 1, value));
            return copy;
        }

        private object? HolderIn(object settings)
        {
            object? holder = settings;
            for (var i = 0; i < way.Length - 1 && holder is not null; i++) holder = way[i].GetValue(holder);
            return holder;
        }

        private static bool IsRecord(Type type) => type.IsClass && CloneMethodOf(type) is not null;

        private static MethodInfo? CloneMethodOf(Type type) => type.GetMethod("<Clone>$");
    }
}
