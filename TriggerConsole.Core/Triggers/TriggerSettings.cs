namespace TriggerConsole.Core.Triggers;

/// <summary>
/// What the user chose for one trigger; each kind has its own record. Immutable. Secret fields carry
/// <see cref="SecretFieldAttribute"/> and are stored encrypted, apart from the rest.
/// </summary>
public abstract record TriggerSettings;

/// <summary>
/// Marks a <c>string?</c> property as write-only: answers carry <c>null</c> and <c>has…: true</c>, the database keeps it
/// encrypted, and an update that leaves it out keeps it as long as it goes to the same destination.
/// A value that is only a placeholder (<c>{secret:NAME}</c>) is no secret itself and is shown.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretFieldAttribute : Attribute;
